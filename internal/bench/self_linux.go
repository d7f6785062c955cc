package bench

import "syscall"

// withParent has the child end when the thread that has started it ends, and keeps a terminal's Ctrl-C from it.
var withParent = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
