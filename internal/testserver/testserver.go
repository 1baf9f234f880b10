// Package testserver contains what the private Postgres and RabbitMQ servers of the tests have in common.
package testserver

import (
	"os"
	"os/user"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// SkipMissing skips a test that needs a program that is not installed. In CI the test fails instead.
func SkipMissing(t testing.TB, program string, err error) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s must be installed in CI: %v", program, err)
	}
	t.Skipf("%s is not installed: %v", program, err)
}

// Dir creates a temporary folder for a server and returns the attributes of its process. Neither server should run as root:
// if the tests do, the folder belongs to the given account, and so does the process.
func Dir(pattern, account string) (dir string, attributes *syscall.SysProcAttr, err error) {
	dir, err = os.MkdirTemp("", pattern)
	if err != nil || os.Getuid() != 0 {
		return dir, &syscall.SysProcAttr{}, err
	}
	owner, err := user.Lookup(account)
	if err != nil {
		return dir, nil, err
	}
	uid, _ := strconv.Atoi(owner.Uid)
	gid, _ := strconv.Atoi(owner.Gid)
	return dir, &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}, os.Chown(dir, uid, gid)
}

// Await calls ready until it succeeds, and returns its last error if two minutes have passed: a machine that runs many tests
// at once is slow.
func Await(ready func() error) error {
	for deadline := time.Now().Add(2 * time.Minute); ; time.Sleep(50 * time.Millisecond) {
		if err := ready(); err == nil || time.Now().After(deadline) {
			return err
		}
	}
}
