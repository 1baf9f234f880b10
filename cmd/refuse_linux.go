package cmd

import (
	"net"

	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"
)

// refuseNew has the kernel make no more connections to the listener, while those that it has made can still be accepted:
// closing it at once would reset them.
func refuseNew(l net.Listener) {
	tcp, ok := l.(*net.TCPListener)
	if !ok {
		return
	}
	drop, err := bpf.Assemble([]bpf.Instruction{bpf.RetConstant{Val: 0}})
	if err != nil {
		return
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return
	}
	filter := unix.SockFilter{Code: drop[0].Op, Jt: drop[0].Jt, Jf: drop[0].Jf, K: drop[0].K}
	raw.Control(func(fd uintptr) { // without it a stop under load resets a few connections, no more
		unix.SetsockoptSockFprog(int(fd), unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, &unix.SockFprog{Len: 1, Filter: &filter})
	})
}
