package nhlesim

import (
	"fmt"
	"net/http"
	"strings"
	"text/template"
)

var (
	skins = []string{"#f6d7c3", "#f1c9a5", "#e8b48f", "#d79b72", "#b97a50", "#8d5a3a", "#6b4128"}
	hairs = []string{"#1a1a1d", "#2b1d14", "#3a2517", "#4a2f1b", "#6b4423", "#8f5f2e", "#b98a4b", "#d9b36c", "#a3431f"}
	// haircuts are drawn over the head
	haircuts = []string{
		"M58 84 C54 40 84 32 100 32 C118 32 146 40 142 84 C138 62 124 56 100 57 C78 56 62 62 58 84Z",
		"M58 92 C48 44 78 30 102 30 C132 30 150 48 142 92 C140 74 136 66 128 62 C108 70 84 64 72 58 C64 66 60 76 58 92Z",
		"M60 70 C60 44 80 36 100 36 C120 36 140 44 140 70 C128 52 112 50 100 50 C88 50 72 52 60 70Z",
		"M56 118 C46 46 76 30 100 30 C124 30 154 46 144 118 C138 112 140 80 132 66 C112 60 88 60 68 66 C60 80 62 112 56 118Z",
		"M58 82 C52 50 70 28 84 40 C92 24 112 24 116 38 C136 28 150 54 142 82 C138 64 126 58 100 58 C74 58 62 64 58 82Z",
	}
	beards = []string{"", "",
		"M62 96 C64 136 84 146 100 146 C116 146 136 136 138 96 C130 118 118 112 100 112 C82 112 70 118 62 96Z",
		"M82 118 C86 136 94 142 100 142 C106 142 114 136 118 118 C110 112 90 112 82 118Z",
		"M78 108 C86 102 94 104 100 107 C106 104 114 102 122 108 C112 112 106 112 100 111 C94 112 88 112 78 108Z",
	}
	eyes = []string{"#35506b", "#4d3a26", "#4f6b4a", "#2b2b2b"}
)

var portraits = template.Must(template.New("portrait").Parse(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 200" role="img">
<title>{{html .name}}</title>
<defs><linearGradient id="b" x2="0" y2="1"><stop stop-color="{{.team.Colour}}" stop-opacity=".12"/><stop offset="1" stop-color="{{.team.Colour}}" stop-opacity=".42"/></linearGradient></defs>
<rect width="200" height="200" fill="#fff"/><rect width="200" height="200" fill="url(#b)"/>
<path d="M16 200 C18 160 50 150 78 142 L122 142 C150 150 182 160 184 200Z" fill="{{.team.Colour}}"/>
<path d="M16 200 C18 172 30 162 44 156 L52 164 C38 172 32 184 31 200ZM184 200 C182 172 170 162 156 156 L148 164 C162 172 168 184 169 200Z" fill="{{.team.Trim}}"/>
<path d="M78 142 L100 168 L122 142" fill="none" stroke="{{.team.Trim}}" stroke-width="5"/>
<text x="100" y="194" text-anchor="middle" font-family="sans-serif" font-weight="700" font-size="22" fill="{{.team.Trim}}">{{.number}}</text>
<path d="M84 120 V146 L100 164 L116 146 V120Z" fill="{{.skin}}"/>
<path d="M84 130 Q100 148 116 130 V138 Q100 154 84 138Z" fill="#000" opacity=".13"/>
<circle cx="60" cy="92" r="8" fill="{{.skin}}"/><circle cx="140" cy="92" r="8" fill="{{.skin}}"/>
<ellipse cx="100" cy="90" rx="{{.width}}" ry="{{.height}}" fill="{{.skin}}"/>
<path d="{{.beard}}" fill="{{.hair}}" opacity=".9"/>
<path d="{{.haircut}}" fill="{{.hair}}"/>
<path d="M76 {{.brow}} q9 -5 17 0M107 {{.brow}} q9 -5 17 0" fill="none" stroke="{{.hair}}" stroke-width="3.4" stroke-linecap="round"/>
<circle cx="85" cy="90" r="3.6" fill="{{.eyes}}"/><circle cx="115" cy="90" r="3.6" fill="{{.eyes}}"/>
<path d="M100 92 l-{{.nose}} 13 q5 3 9 0" fill="none" stroke="#000" stroke-opacity=".25" stroke-width="2.4"/>
<path d="M88 {{.mouth}} q12 {{.smile}} 24 0" fill="none" stroke="#7a2f2a" stroke-width="2.8" stroke-linecap="round"/>
</svg>`))

// portrait draws a player. His face is always the same; the jersey is that of the team in the path.
func (l *League) portrait(r *http.Request) any {
	id, svg := strings.CutSuffix(r.PathValue("file"), ".svg")
	p, t := l.playerOf(id), l.teamOf(r)
	if !svg || p == nil || t == nil {
		return nil
	}
	rng := stream(l.seed, forPortrait, uint64(p.ID))
	skin := rng.IntN(len(skins))
	hair := pick(rng, hairs)
	switch {
	case skin >= 4: // a light beard would hide the face
		hair = hairs[rng.IntN(3)]
	case p.age > 33 && rng.IntN(3) == 0:
		hair = "#7d7a75" // grey
	}
	number := ""
	if p.SweaterNumber > 0 {
		number = fmt.Sprint(p.SweaterNumber)
	}
	var b strings.Builder
	err := portraits.Execute(&b, fields{"name": p.name(), "number": number, "team": t, "skin": skins[skin], "hair": hair,
		"eyes": pick(rng, eyes), "width": 38 + rng.IntN(4), "height": 49 + rng.IntN(6), "beard": pick(rng, beards), "haircut": pick(rng, haircuts),
		"brow": 78 + rng.IntN(4), "nose": 4 + rng.IntN(3), "mouth": 118 + rng.IntN(3), "smile": 2 + rng.IntN(7)})
	if err != nil {
		return nil
	}
	return picture(b.String())
}
