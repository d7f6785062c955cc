//go:build !race

package actors_test

const slow = 1
