# Shortcuts for scripts and Go commands.
.PHONY: test bench soak

test:
	scripts/test

# Measures everything and writes docs/benchmarks.md. Takes some minutes; run it on an idle machine.
bench:
	go test -tags bench ./internal/e2e -run "^TestBench$$" -count 1 -timeout 90m -v

# Kills the program 200 times, see docs/reliability.md. Takes about an hour. SOAK_SEED=N repeats a run.
soak:
	SOAK=1 go test ./internal/e2e -run "^Test(Up|ServeAndWorkers)(Is|Are)Killed|^TestFiveKills" -count 1 -timeout 3h -v
