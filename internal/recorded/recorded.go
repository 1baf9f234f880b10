// Package recorded finds recorded answers of the NHL's API. They are in a folder "shared" beside the checkout and not part
// of the repository; tests that need them are skipped without it.
package recorded

import (
	"os"
	"path/filepath"
	"testing"
)

// Dir returns a folder of recorded answers, such as "nhle". Without it the test is skipped, or fails if
// REQUIRE_RECORDED is 1.
func Dir(t testing.TB, name string) string {
	t.Helper()
	root, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for !exists(filepath.Join(root, "go.mod")) {
		if root == filepath.Dir(root) {
			t.Fatal("no go.mod above the test")
		}
		root = filepath.Dir(root)
	}
	dir := filepath.Join(root, "..", "shared", name)
	switch {
	case exists(dir):
		return dir
	case os.Getenv("REQUIRE_RECORDED") == "1":
		t.Fatalf("no recorded answers in %s", dir)
	}
	t.Skipf("no recorded answers in %s", dir)
	return ""
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
