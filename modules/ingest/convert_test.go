package ingest

import (
	"reflect"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"blueline/modules/league"
	"blueline/modules/metric"
	"blueline/modules/nhle"
)

func TestSaves(t *testing.T) {
	for _, c := range []struct {
		name   string
		sa, ga *int
		pctg   *float64
		want   *int
	}{
		{"no own goal", new(28), new(3), new(0.892857), new(25)},
		{"an own goal is no shot", new(28), new(3), new(0.928571), new(26)},
		{"of a long career", new(22001), new(2004), new(0.909095), new(20001)},
		{"no shot", new(0), new(0), nil, new(0)},
		{"an own goal and no shot", new(0), new(1), nil, new(0)},
		{"no ratio", new(28), new(3), nil, nil},
		{"no shots recorded", nil, new(3), new(0.9), nil},
		{"goals against unknown", new(28), nil, new(0.928571), new(26)},
		{"three places that two counts give", new(1600), new(153), new(0.904), new(1447)},
		{"three places, an own goal", new(800), new(81), new(0.9), new(720)},
		{"a ratio of other shots", new(421), new(37), new(0.93), nil},
		{"none stopped", new(2), new(2), new(0.0), new(0)},
		{"all stopped", new(30), new(0), new(1.0), new(30)},
	} {
		got, ratio := saves(c.sa, c.ga, c.pctg)
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
		if want := c.pctg; got == nil && ratio != want || got != nil && ratio != nil {
			t.Errorf("%s: ratio %v beside saves %v", c.name, ratio, got)
		}
	}
}

func TestALineHasARatioWhereItsCountsAreUnknown(t *testing.T) {
	skater := nhle.Stats{GamesPlayed: new(30), Counts: nhle.Counts{Goals: new(1), Shots: new(22)}, ShootingPctg: new(0.0455), FaceoffWinningPctg: new(0.5)}
	goalie := nhle.Stats{GamesPlayed: new(1), Counts: nhle.Counts{GoalsAgainst: new(3), ShotsAgainst: new(28)}, SavePctg: new(0.928571),
		TimeOnIce: new(nhle.Clock(3600)), GoalsAgainstAvg: new(3.0)}
	season := func(abbrev string, s nhle.Stats) nhle.SeasonTotal {
		return nhle.SeasonTotal{Season: 20262027, LeagueAbbrev: abbrev, GameTypeID: 2, Stats: s}
	}
	noFaceoff := nhle.Stats{GamesPlayed: new(2), FaceoffWinningPctg: new(0.0)}
	p := profileOf(nhle.Landing{Position: "G", CareerTotals: &nhle.CareerTotals{RegularSeason: &noFaceoff},
		SeasonTotals: []nhle.SeasonTotal{season("NHL", skater), season("NHL", goalie), season("AHL", goalie), season("NHL", noFaceoff)}})
	lost := league.StatLine{GP: new(2), FaceoffPctg: new(0.0)} // a career without faceoffs has no percentage
	if diff := cmp.Diff([]league.CareerLine{{GameType: 2, StatLine: lost}}, p.Career); diff != "" {
		t.Errorf("career (-want +got):\n%s", diff)
	}
	for i, want := range []league.StatLine{
		{GP: new(30), Goals: new(1), Shots: new(22), FaceoffPctg: new(0.5)},
		{GP: new(1), GoalsAgainst: new(3), ShotsAgainst: new(28), Saves: new(26), TOI: new(3600)},
		{GP: new(1), GoalsAgainst: new(3), ShotsAgainst: new(28), SavePctg: new(0.928571), GAA: new(3.0)},
		{GP: new(2)}, // a season row has 0 also without faceoffs
	} {
		if diff := cmp.Diff(want, p.Seasons[i].StatLine); diff != "" {
			t.Errorf("row %d (-want +got):\n%s", i, diff)
		}
	}
}

func TestEachTaggedNumberReachesItsMetric(t *testing.T) {
	wantTagged[nhle.Stats](t)
	wantTagged[nhle.Game](t)
	wantTagged[nhle.BoxSkater](t)
	wantTagged[nhle.BoxGoalie](t)
	wantTagged[nhle.Summary](t)
}

func wantTagged[Answer any](t *testing.T) {
	t.Helper()
	var answer Answer
	fields, tagged := reflect.ValueOf(&answer).Elem(), map[string]reflect.Value{}
	for i, field := range reflect.VisibleFields(fields.Type()) {
		if key, is := field.Tag.Lookup("stat"); is {
			n := reflect.New(field.Type.Elem())
			n.Elem().Set(reflect.ValueOf(100 + i).Convert(n.Elem().Type()))
			fields.FieldByIndex(field.Index).Set(n)
			tagged[key] = n.Elem()
		}
	}
	if len(tagged) == 0 {
		t.Errorf("%T: no field is tagged", answer)
	}
	line := lineOf(answer)
	for key, n := range tagged {
		m := metric.Must(key)
		got := reflect.ValueOf(line).FieldByIndex(fieldOf(m.Column))
		if got.IsNil() || !got.Elem().Convert(n.Type()).Equal(n) {
			t.Errorf("%T: %s is %v, want %v", answer, key, got, n)
		}
	}
}

func fieldOf(column string) []int {
	fields := reflect.VisibleFields(reflect.TypeFor[league.StatLine]())
	return fields[slices.IndexFunc(fields, func(f reflect.StructField) bool { return f.Tag.Get("db") == column })].Index
}
