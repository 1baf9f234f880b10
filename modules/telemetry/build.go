package telemetry

import (
	"cmp"
	"encoding/json"
	"net/http"
	"os"
	"runtime/debug"
	"time"
)

// commit is set with -ldflags "-X blueline/modules/telemetry.commit=…" in builds without the repository: the image's and
// Heroku's.
var commit string

// Build is the version of the program.
type Build struct {
	Commit string `json:"commit"` // ends in -modified if files differed from the commit; dev if unknown
	Built  string `json:"built"`  // RFC 3339, UTC
}

// ThisBuild returns the build of the running program.
func ThisBuild() Build { return Build{cmp.Or(commit, revision(), "dev"), builtAt()} }

// revision returns the commit that `go build` found in the repository, or "".
func revision() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	settings := map[string]string{}
	for _, s := range info.Settings {
		settings[s.Key] = s.Value
	}
	if settings["vcs.modified"] == "true" {
		return settings["vcs.revision"] + "-modified"
	}
	return settings["vcs.revision"]
}

// builtAt returns the modification time of the executable. Unlike a time in the linker's flags, it leaves builds reproducible.
func builtAt() string {
	path, err := os.Executable()
	if err != nil {
		return ""
	}
	file, err := os.Stat(path)
	if err != nil {
		return ""
	}
	return file.ModTime().UTC().Format(time.RFC3339)
}

// String implements fmt.Stringer.
func (b Build) String() string { return b.Commit + " built " + b.Built }

// Health returns a handler that responds with "ok" and the version.
func (b Build) Health() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-store")
		json.NewEncoder(w).Encode(struct {
			Status string `json:"status"`
			Build
		}{"ok", b})
	})
}
