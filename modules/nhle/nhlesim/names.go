package nhlesim

import (
	"math/rand/v2"
	"strings"
	"unicode"
)

// A text is a name in the API's form: a default and other languages only
// where they differ.
type text struct {
	Default string `json:"default"`
	Cs      string `json:"cs,omitempty"`
	De      string `json:"de,omitempty"`
	Es      string `json:"es,omitempty"`
	Fi      string `json:"fi,omitempty"`
	Fr      string `json:"fr,omitempty"`
	Sk      string `json:"sk,omitempty"`
	Sv      string `json:"sv,omitempty"`
}

func plain(s string) text { return text{Default: s} }

// A birthplace has a province in Canada and the United States only.
type birthplace struct {
	city, province text
	country        string
}

// A people is a pool of names and birthplaces that go together.
type people struct {
	country string
	share   int // of all players
	first   []string
	last    []string
	// towns as "city" or "city|province"
	towns  []string
	nation text
	path   []string // keys of the paths a youth may take, see careers.go
}

func words(s string) []string { return strings.Fields(s) }

func lines(s string) []string {
	var out []string
	for _, l := range strings.Split(s, ",") {
		out = append(out, strings.TrimSpace(l))
	}
	return out
}

var englishFirst = words(`Aidan Angus Barrett Beckett Brody Callum Carson Cormac Dallas Darcy Declan Desmond Dexter
	Eamon Elliot Emmett Fergus Finn Garrett Graham Griffin Hudson Ian Jasper Keegan Kieran Lachlan Landon Liam Malachy
	Murray Nolan Owen Parker Quentin Reid Rory Sawyer Seamus Spencer Tavish Tucker Walker Wyatt Zane J.P. T.J.`)

var englishLast = words(`O'Rourke O'Halloran O'Dowd O'Shaughnessy MacAskill MacInnes-Doyle McGillicuddy McElhinney
	Fitzwilliam Ashdown Blackwood-Hale Brantford Calloway Cardwell Dunsmore Eastlake Fairweather Galbraith Hathersage
	Inkster Jessop Kilbride Lockhart Marchbanks Netherby Oakhurst Penhaligon Quigley Ravenscroft Saltmarsh Tarkington
	Umberfield Vandermeer Wainwright Yarborough Zimmerlee Birchall Crowfoot Drummondson Elderkin Featherstone Gillespie
	Holloway Ironside Kettering Loughborough Moosomin Northcott Ormsby Pickersgill Redpath Sinclair-Boyd Thistlewood
	Underhill Whitlock Abernethy Bracewell Corrigan Delahunty Farquhar Gallacher Hennessey Kavanagh Mulvaney Rafferty
	Tierney Wolverton De~Groot Van~Aldershot`)

var peoples = []people{
	{country: "CAN", share: 30, first: englishFirst, last: englishLast, nation: text{Default: "Canada", Cs: "Kanada", De: "Kanada",
		Es: "Canadá", Fi: "Kanada", Sk: "Kanada", Sv: "Kanada"}, path: []string{"major", "major", "major", "college"},
		towns: lines(`Kenora|Ontario, Sudbury|Ontario, Thunder Bay|Ontario, Peterborough|Ontario, Oakville|Ontario,
			Brandon|Manitoba, Flin Flon|Manitoba, Moose Jaw|Saskatchewan, Swift Current|Saskatchewan, Red Deer|Alberta,
			Medicine Hat|Alberta, Lethbridge|Alberta, Kelowna|British Columbia, Prince George|British Columbia,
			Cranbrook|British Columbia, Truro|Nova Scotia, Moncton|New Brunswick, Charlottetown|Prince Edward Island,
			Corner Brook|Newfoundland and Labrador, Whitehorse|Yukon Territory`)},
	{country: "CAN", share: 9, nation: text{Default: "Canada", Cs: "Kanada", De: "Kanada", Es: "Canadá", Fi: "Kanada",
		Sk: "Kanada", Sv: "Kanada"}, path: []string{"quebec"},
		first: words(`Anthony Benoît Cédric Charles-Étienne Édouard Émile Étienne Félix François-Xavier Frédéric Gaël
			Jean-Sébastien Jérémie Loïc Mathéo Maxime Noël Olivier-Luc Raphaël Rémi Thierry Yanick Zacharie`),
		last: words(`D’Amours St-Pierre-Tremblay L'Archevêque L'Hérault Archambault-Côté Beauséjour Bélanger-Roy
			Champoux Charbonneau-Viau Desrosiers-Gagné Deschênes Duchesneau Frenette Généreux Grandmaison Hétu Labrèche
			Lafrenière-Dubé Lévesque-Noël Maisonneuve Normandeau Ouellet-Fortin Pépin Quesnel Robitaille-Huard
			Sansregret Thériault-Roy Vaillancourt-Dion`),
		towns: lines(`Rimouski|Quebec, Chicoutimi|Quebec, Val-d'Or|Quebec, Trois-Rivières|Quebec, Sherbrooke|Quebec,
			Gatineau|Quebec, Rouyn-Noranda|Quebec, Saint-Hyacinthe|Quebec, Baie-Comeau|Quebec`)},
	{country: "USA", share: 27, first: englishFirst, last: englishLast, nation: text{Default: "United States", Cs: "Spojené státy",
		De: "USA", Fi: "Yhdysvallat", Fr: "États-Unis", Sv: "USA"}, path: []string{"american", "american", "college", "major"},
		towns: lines(`Duluth|Minnesota, Roseau|Minnesota, Hibbing|Minnesota, Edina|Minnesota, Grand Rapids|Michigan,
			Marquette|Michigan, Plymouth|Michigan, Worcester|Massachusetts, Lowell|Massachusetts, Rochester|New York,
			Utica|New York, Madison|Wisconsin, Fargo|North Dakota, Erie|Pennsylvania, Scottsdale|Arizona,
			Anchorage|Alaska, Plano|Texas, Irvine|California, Naperville|Illinois, Hartford|Connecticut,
			Concord|New Hampshire, Boulder|Colorado`)},
	{country: "SWE", share: 10, nation: text{Default: "Sweden", Cs: "Švédsko", De: "Schweden", Fi: "Ruotsi", Fr: "Suède",
		Sk: "Švédsko", Sv: "Sverige"}, path: []string{"sweden"},
		first: words(`Arvid Axel Björn Calle Ebbe Göran Håkan Isak Jesper Jörgen Kjell Love Måns Melker Noel Otto Pär
			Rasmus Sixten Torbjörn Ulf Viggo Östen`),
		last: words(`Ångström Åkerblad Björkqvist-Lund Brännvall Dahlgrensson Ekströmer Fägersköld Gyllenspets Hägglöf
			Järnkrok-Ek Källström Lindqvist-Öhr Ljungmark Näslundh Öhrström Rådström Sjöholmare Söderhielm Tärnvik
			Uddevall Wärnlöf Ödmark`),
		towns: lines(`Örnsköldsvik, Luleå, Skellefteå, Växjö, Gävle, Mora, Timrå, Södertälje, Jönköping, Umeå`)},
	{country: "FIN", share: 7, nation: text{Default: "Finland", Cs: "Finsko", De: "Finnland", Fi: "Suomi", Fr: "Finlande",
		Sk: "Fínsko"}, path: []string{"finland"},
		first: words(`Aatu Antti-Jussi Eetu Harri Ilmari Jesse Jyrki Kaapo Kimmo Lasse Miikka Niilo Onni Pekka Sampo
			Tuukka Urho Väinö Veikka Ykä`),
		last: words(`Lähteenmäki Hämäläinen-Aho Jääskelä Järvikoski Kärppälä Köpsilä Lehtiranta Määttälä Nykyri
			Pöyhtäri Räikkälä Ruotsalo Säkkijärvi Tähtivuori Tuominiemi Uusikartano Väänäsmäki Ylitörmänen`),
		towns: lines(`Oulu, Tampere, Rauma, Kuopio, Jyväskylä, Hämeenlinna, Lappeenranta, Kärpänkylä, Pori`)},
	{country: "CZE", share: 6, nation: text{Default: "Czechia", Cs: "Česko", De: "Tschechien", Fi: "Tšekki", Fr: "Tchéquie",
		Sk: "Česko", Sv: "Tjeckien"}, path: []string{"czechia"},
		first: words(`Bořivoj Čeněk Dalibor Dušan Hynek Jáchym Jiří Kryštof Kvido Luboš Matěj Miloš Ondřej Přemysl Radovan
			Řehoř Slavomír Tadeáš Vít Zdeněk`),
		last: words(`Žďárský Bělohlávek Čermáček Dvořáčkovský Hřebíček Jeřábský Kratochvílek Křižanovský Ledňáček Měchura
			Nezvěda Ořechovský Příhodný Řezníčkovský Skřivánek Šťovíček Třešňák Vlčnovský Zvěřina Žežulka`),
		towns: lines(`Třebíč, Žďár nad Sázavou, Plzeň, Zlín, Jihlava, Litvínov, Pardubice, Vsetín, České Budějovice`)},
	{country: "SVK", share: 4, nation: text{Default: "Slovakia", Cs: "Slovensko", De: "Slowakei", Fi: "Slovakia",
		Fr: "Slovaquie", Sk: "Slovensko", Sv: "Slovakien"}, path: []string{"slovakia"},
		first: words(`Andrej Boris Drahoš Ľubomír Matúš Maroš Miloslav Ondrej Peter-Ján Rastislav Samuel Šimon Vratko Žigmund`),
		last: words(`Ďurkovský Fabušák Hrnčiarik Kľúčovský Krčméry Ľubietovský Mäsiarik Oravčík Piešťanský Ružomberský
			Šťastnický Tatrancov Vrábeľovič Zvolenský`),
		towns: lines(`Poprad, Žilina, Banská Bystrica, Liptovský Mikuláš, Košice, Trenčín, Skalica`)},
	{country: "RUS", share: 5, nation: text{Default: "Russia", Cs: "Rusko", De: "Russland", Fi: "Venäjä", Fr: "Russie",
		Sk: "Rusko", Sv: "Ryssland"}, path: []string{"russia"},
		first: words(`Arseni Bogdan Demid Fyodor Gleb Ignat Kirill Makar Matvei Nikita Rodion Ruslan Savva Timur Yaroslav Zakhar`),
		last: words(`Belozerov Chernyshevsky Dolgopolov Gorodetsky Ilyushkin Khvorostov Lukashenkov Medvedkin Nizhegorodov
			Ognevsky Polyarnov Ryabinov Shcherbinsky Tikhomirov Ustinovsky Yakushkin Zheleznov`),
		towns: lines(`Cherepovets, Yaroslavl, Magnitogorsk, Omsk, Ufa, Chelyabinsk, Novosibirsk, Tyumen`)},
	{country: "CHE", share: 3, nation: text{Default: "Switzerland", Cs: "Švýcarsko", De: "Schweiz", Fi: "Sveitsi",
		Fr: "Suisse", Sv: "Schweiz"}, path: []string{"swiss"},
		first: words(`Andri Beat Flurin Gian-Luca Jonas Lüzi Nevio Reto Sandro Ueli Yannick Zeno`),
		last: words(`Aebischerli Bünzlimann Caduff-Meier Dürrenmoser Grünenfelder Hüslimann Kübliker Mühlethaler
			Rüegseggerli Schönbächler Tschudimann Zgraggenberg`),
		towns: lines(`Davos, Ambrì, Zug, Langnau, Biel, Fribourg, La Chaux-de-Fonds`)},
	{country: "DEU", share: 3, nation: text{Default: "Germany", Cs: "Německo", De: "Deutschland", Fi: "Saksa",
		Fr: "Allemagne", Sk: "Nemecko", Sv: "Tyskland"}, path: []string{"germany"},
		first: words(`Bastian Fabian Götz Jannik Jörg Konstantin Lennart Malte Niklas Sören Thilo Veit`),
		last: words(`Bäckermeister Dörflinger Eßlinger Füssenich Großkreutzer Höllenstein Krämerling Mößmeier Oberländer
			Pfändtner Schröderling Weißhaupter`),
		towns: lines(`Füssen, Köln, Mannheim, Straubing, Crimmitschau, Garmisch-Partenkirchen`)},
	{country: "LVA", share: 1, nation: text{Default: "Latvia", Cs: "Lotyšsko", De: "Lettland", Fi: "Latvia", Fr: "Lettonie",
		Sv: "Lettland"}, path: []string{"latvia"},
		first: words(`Andris Edgars Gints Jānis Kristaps Mārtiņš Ričards Uģis`),
		last:  words(`Ābolkalns Bērziņsons Dzintarītis Krūmiņsons Liepājnieks Ozoliņkalns Šķēpnieks Žubīte`),
		towns: lines(`Rīga, Liepāja, Ogre, Daugavpils`)},
	{country: "DNK", share: 1, nation: text{Default: "Denmark", Cs: "Dánsko", De: "Dänemark", Fi: "Tanska", Fr: "Danemark",
		Sv: "Danmark"}, path: []string{"sweden"},
		first: words(`Asger Bjarke Emil Jeppe Mads Søren Villads`),
		last:  words(`Ærøskov Bjerregård-Holm Føns Kjærsgård Møllegård Nørreskov Østerbæk`),
		towns: lines(`Esbjerg, Herning, Rødovre, Rungsted`)},
}

var provinces = map[string]text{
	"British Columbia":          {Default: "British Columbia", Fr: "Colombie-Britannique", Sk: "Britská Kolumbia"},
	"California":                {Default: "California", Fr: "Californie", Sk: "Kalifornia", Sv: "Kalifornien"},
	"Newfoundland and Labrador": {Default: "Newfoundland and Labrador", Fr: "Terre-Neuve-et-Labrador"},
	"Nova Scotia":               {Default: "Nova Scotia", Fr: "Nouvelle-Écosse"},
	"New Brunswick":             {Default: "New Brunswick", Fr: "Nouveau-Brunswick"},
	"Pennsylvania":              {Default: "Pennsylvania", Fr: "Pennsylvanie"},
	"Prince Edward Island":      {Default: "Prince Edward Island", Fr: "Île-du-Prince-Édouard"},
	"Quebec":                    {Default: "Quebec", Fr: "Québec"},
	"Yukon Territory":           {Default: "Yukon Territory", Fr: "Yukon"},
}

// cities that other languages spell otherwise
var cities = map[string]text{
	"Köln":   {Default: "Cologne", Cs: "Kolín nad Rýnem", De: "Köln", Fi: "Köln", Sk: "Kolín n. R.", Sv: "Köln"},
	"Rīga":   {Default: "Riga", Fi: "Riika"},
	"Plzeň":  {Default: "Plzen", Cs: "Plzeň", De: "Pilsen", Sk: "Plzeň"},
	"Košice": {Default: "Košice", De: "Kaschau"},
}

func pick[T any](rng *rand.Rand, from []T) T { return from[rng.IntN(len(from))] }

func randomPeople(rng *rand.Rand) *people {
	total := 0
	for i := range peoples {
		total += peoples[i].share
	}
	n := rng.IntN(total)
	for i := range peoples {
		if n -= peoples[i].share; n < 0 {
			return &peoples[i]
		}
	}
	panic("unreachable")
}

func (pp *people) name(rng *rand.Rand) (first, last text) {
	first = plain(pick(rng, pp.first))
	last = plain(strings.ReplaceAll(pick(rng, pp.last), "~", " "))
	if pp.country == "RUS" { // Cyrillic is transcribed differently in each language
		if f := strings.NewReplacer("Ya", "Ja", "Yu", "Ju", "Kh", "Ch", "Zh", "Ž", "Shch", "Šč", "Ch", "Č", "sh", "š", "y", "j").
			Replace(last.Default); f != last.Default {
			last.Cs, last.Sk = f, f
		}
	}
	return first, last
}

func (pp *people) birthplace(rng *rand.Rand) birthplace {
	city, province, _ := strings.Cut(pick(rng, pp.towns), "|")
	b := birthplace{city: plain(city), country: pp.country}
	if t, ok := cities[city]; ok {
		b.city = t
	}
	if province == "" {
		return b
	}
	b.province = plain(province)
	if t, ok := provinces[province]; ok {
		b.province = t
	}
	if rng.IntN(50) == 0 { // the API does not know every province
		b.province = text{}
	}
	return b
}

// slug keeps letters with their marks, as the API does.
func slug(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r), r == '-':
			return unicode.ToLower(r)
		case r == ' ':
			return '-'
		}
		return -1
	}, s)
}
