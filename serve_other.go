//go:build !unix

package main

func collectOnSignal() (stop func()) { return func() {} }
