//go:build !linux

package bench

import "syscall"

var withParent *syscall.SysProcAttr
