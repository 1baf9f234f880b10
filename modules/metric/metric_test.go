package metric

import "testing"

func TestRegistryIsWhole(t *testing.T) {
	for _, m := range All {
		if m.Key == "" || m.Name == "" || m.Abbr == "" || m.Formula == "" {
			t.Errorf("metric %q lacks its name, abbreviation or formula", m.Key)
		}
		if (m.Num == "") != (m.Den == "") || (m.Num == "") != (m.Factor == 0) {
			t.Errorf("metric %s is half a ratio", m.Key)
		}
		for _, part := range []string{m.Num, m.Den} {
			if part == "" {
				continue
			}
			if p, err := Get(part); err != nil || p.Kind != Total {
				t.Errorf("metric %s is a ratio of %q, which is no total", m.Key, part)
			}
		}
	}
}

func TestRankedMetricsAreOfTheirGroup(t *testing.T) {
	for _, g := range []Group{Skaters, Goalies} {
		for _, key := range Ranked(g) {
			m := Must(key)
			if m.For != g && m.For != Everyone || m.Kind == Label {
				t.Errorf("%s is ranked for group %d and is for %d", key, g, m.For)
			}
			if m.Kind != Total && m.Floor == 0 {
				t.Errorf("%s is a ratio without a floor", key)
			}
		}
	}
}

func TestOf(t *testing.T) {
	totals := map[string]int{"points": 7, "gp": 4, "toi": 4200, "goals": 3, "shots": 0}
	total := func(key string) *int {
		n, known := totals[key]
		if !known {
			return nil
		}
		return &n
	}
	for key, want := range map[string]float64{"points": 7, "p_gp": 1.75, "p_60": 6, "avg_toi": 1050} {
		if got := Must(key).Of(total); got == nil || *got != want {
			t.Errorf("%s: got %v, want %v", key, got, want)
		}
	}
	for _, key := range []string{"s_pctg", "sv_pctg", "assists"} {
		if got := Must(key).Of(total); got != nil {
			t.Errorf("%s: got %v, want none", key, *got)
		}
	}
}

func TestFloorGames(t *testing.T) {
	for _, c := range []struct {
		key         string
		games, want int
	}{{"p_gp", 82, 21}, {"p_gp", 20, 5}, {"p_gp", 21, 6}, {"p_gp", 0, 1}, {"goals", 82, 1}} {
		if got := Must(c.key).FloorGames(c.games); got != c.want {
			t.Errorf("%s after %d games: got %d, want %d", c.key, c.games, got, c.want)
		}
	}
}

func TestUnknownKey(t *testing.T) {
	if _, err := Get("corsi"); err == nil {
		t.Error("got a metric that nobody declared")
	}
}
