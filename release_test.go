package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// fakeHeroku implements the parts of Heroku's API and of the site that scripts/deploy calls.
type fakeHeroku struct {
	push, retry string   // statuses of the releases after a push and a retry
	rollback    string   // status of the release after a rollback
	commits     []string // that /health returns in turn, and then the last one
	refuse      string   // git hook that makes the push fail
	ready       bool

	mu       sync.Mutex
	statuses []string // of the releases, the oldest first
	posted   []string
}

func (h *fakeHeroku) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case r.URL.Path == "/health":
		fmt.Fprintf(w, `{"status":"ok","commit":%q}`, h.commits[0])
		if len(h.commits) > 1 {
			h.commits = h.commits[1:]
		}
	case r.URL.Path == "/ready" && !h.ready:
		w.WriteHeader(http.StatusServiceUnavailable)
	case r.URL.Path == "/ready", r.URL.Path == "/":
	case r.URL.Path == "/pushed": // called by git's hook
		h.statuses = append(h.statuses, h.push)
	case r.URL.Path != "/apps/blueline/releases" || r.Header.Get("Authorization") != "Bearer k3y":
		w.WriteHeader(http.StatusUnauthorized)
	case r.Method == http.MethodPost:
		var body map[string]string
		json.NewDecoder(r.Body).Decode(&body)
		if slug := body["slug"]; slug != "" {
			h.posted = append(h.posted, "retry "+slug)
			h.statuses = append(h.statuses, h.retry)
		} else {
			h.posted = append(h.posted, "rollback to "+body["release"])
			h.statuses = append(h.statuses, h.rollback)
		}
		w.WriteHeader(http.StatusCreated)
	default:
		type release struct {
			ID      string            `json:"id"`
			Version int               `json:"version"`
			Status  string            `json:"status"`
			Slug    map[string]string `json:"slug"`
		}
		var newest []release
		for i, status := range slices.Backward(h.statuses) {
			name := fmt.Sprint(i + 1)
			newest = append(newest, release{"release-" + name, i + 1, status, map[string]string{"id": "slug-" + name}})
			h.statuses[i] = strings.TrimPrefix(status, "pending ") // has ended at the next request
		}
		json.NewEncoder(w).Encode(newest)
	}
}

func TestDeploy(t *testing.T) {
	for _, program := range []string{"git", "curl", "jq"} {
		if _, err := exec.LookPath(program); err != nil {
			if os.Getenv("CI") == "true" {
				t.Fatalf("in CI %s must be installed: %v", program, err)
			}
			t.Skipf("%s is not installed: %v", program, err)
		}
	}
	clone := t.TempDir()
	git := func(args ...string) string {
		t.Helper()
		cmd := exec.Command("git", append([]string{"-C", clone, "-c", "user.name=a", "-c", "user.email=a@example.org"}, args...)...)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("git %v: %v: %s", args, err, out)
		}
		return strings.TrimSpace(string(out))
	}
	git("init", "--quiet")
	if err := os.Mkdir(filepath.Join(clone, "scripts"), 0o700); err != nil {
		t.Fatal(err)
	}
	script := filepath.Join(clone, "scripts", "deploy")
	if err := os.WriteFile(script, []byte(read(t, "scripts/deploy")), 0o700); err != nil {
		t.Fatal(err)
	}
	git("add", ".")
	git("commit", "--quiet", "--message", "a version")
	commit := git("rev-parse", "HEAD")

	for _, tc := range []struct {
		name   string
		heroku *fakeHeroku
		ok     bool
		says   string
		posted []string
	}{
		{"the site takes a while to say the commit",
			&fakeHeroku{push: "succeeded", commits: []string{"old", "old", commit}, ready: true},
			true, "deploy: v2 runs " + commit, nil},
		{"the release phase takes a while",
			&fakeHeroku{push: "pending succeeded", commits: []string{commit}, ready: true},
			true, "deploy: v2 runs " + commit, nil},
		{"the release phase fails once",
			&fakeHeroku{push: "failed", retry: "succeeded", commits: []string{commit}, ready: true},
			true, "deploy: v3 runs " + commit, []string{"retry slug-2"}},
		{"the release phase fails twice",
			&fakeHeroku{push: "failed", retry: "failed", commits: []string{"old"}, ready: true},
			false, "the previous version keeps running", []string{"retry slug-2"}},
		{"the site goes on saying the commit before",
			&fakeHeroku{push: "succeeded", commits: []string{"old"}, ready: true, rollback: "succeeded"},
			false, "the site reported old instead of " + commit, []string{"rollback to release-1"}},
		{"the site is not ready",
			&fakeHeroku{push: "succeeded", commits: []string{commit}, rollback: "succeeded"},
			false, "rolled back from v2 to v1", []string{"rollback to release-1"}},
		{"the rollback fails",
			&fakeHeroku{push: "succeeded", commits: []string{commit}, rollback: "failed"},
			false, "the rollback to v1 failed", []string{"rollback to release-1"}},
		{"the site does not know its commit",
			&fakeHeroku{push: "succeeded", commits: []string{"dev"}, ready: true},
			false, "GO_LINKER_SYMBOL=" + commitSymbol, nil},
		{"the site does not know its commit and is not ready",
			&fakeHeroku{push: "succeeded", commits: []string{"dev"}, rollback: "succeeded"},
			false, "rolled back from v2 to v1", []string{"rollback to release-1"}},
		{"the push fails with the release phase",
			&fakeHeroku{push: "failed", retry: "succeeded", commits: []string{commit}, ready: true, refuse: "update"},
			true, "deploy: v3 runs " + commit, []string{"retry slug-2"}},
		{"the push fails",
			&fakeHeroku{commits: []string{"old"}, ready: true, refuse: "pre-receive"},
			false, "git push failed and created no release", nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tc.heroku.statuses = []string{"succeeded"}
			server := httptest.NewServer(tc.heroku)
			defer server.Close()
			remote := t.TempDir()
			git("init", "--quiet", "--bare", remote)
			release := "curl --silent --fail " + server.URL + "/pushed\n"
			hooks := map[string]string{"post-receive": release}
			switch tc.heroku.refuse {
			case "update":
				hooks = map[string]string{"update": release + "exit 1\n"}
			case "pre-receive":
				hooks = map[string]string{"pre-receive": "exit 1\n"}
			}
			for name, commands := range hooks {
				if err := os.WriteFile(filepath.Join(remote, "hooks", name), []byte("#!/bin/sh\n"+commands), 0o700); err != nil {
					t.Fatal(err)
				}
			}
			patience := "60"
			if !tc.ok {
				patience = "1"
			}
			cmd := exec.CommandContext(t.Context(), script)
			cmd.Env = append(os.Environ(), "HEROKU_API_KEY=k3y", "HEROKU_APP_NAME=blueline", "APP_BASE_URL="+server.URL+"/",
				"HEROKU_API_URL="+server.URL, "HEROKU_GIT_URL="+remote, "DEPLOY_PAUSE=0.1", "DEPLOY_SECONDS="+patience)
			out, err := cmd.CombinedOutput()
			if (err == nil) != tc.ok || !strings.Contains(string(out), tc.says) || strings.Contains(string(out), "k3y") {
				t.Errorf("got %v, %s, want %q in it", err, out, tc.says)
			}
			if diff := cmp.Diff(tc.posted, tc.heroku.posted); diff != "" {
				t.Errorf("calls to Heroku (-want +got):\n%s", diff)
			}
			if tc.heroku.refuse != "" {
				return
			}
			if got := git("--git-dir", remote, "rev-parse", "main"); got != commit {
				t.Errorf("pushed %s, want %s", got, commit)
			}
		})
	}
}
