package telemetry

import (
	"cmp"
	"encoding/json"
	"net/http"
	"os"
	"runtime/debug"
	"time"
)

// commit is set with -ldflags "-X blueline/modules/telemetry.commit=…" where the build does not see the repository: for
// the image, and by Heroku's buildpack.
var commit string

// Build is which version of the program runs.
type Build struct {
	Commit string `json:"commit"` // ends in -modified if the files were not those of the commit; dev if unknown
	Built  string `json:"built"`  // RFC 3339, UTC
}

// ThisBuild returns the build of the running program.
func ThisBuild() Build { return Build{cmp.Or(commit, revision(), "dev"), builtAt()} }

// revision is the commit that `go build` found in the repository, or empty.
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

// builtAt is when the linker wrote the program. That is known wherever it is built, and unlike a time among the linker's
// flags it does not make every image another one.
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

// Health answers that the process is up, and which version it is.
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
