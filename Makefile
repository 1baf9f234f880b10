# What people type. Everything here is a script or a Go command that CI runs as well.
.PHONY: test bench soak

test:
	scripts/test

# Measures everything and writes docs/benchmarks.md; takes some minutes on a quiet machine.
bench:
	go test -tags bench ./internal/e2e -run "^TestBench$$" -count 1 -timeout 90m -v

# Kills the program 200 times, see docs/reliability.md; takes about an hour. SOAK_SEED=N repeats a run.
soak:
	SOAK=1 go test ./internal/e2e -run "^Test(Up|ServeAndWorkers)(Is|Are)Killed|^TestFiveKills" -count 1 -timeout 3h -v
