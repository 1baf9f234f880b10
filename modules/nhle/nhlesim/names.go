package nhlesim

import (
	"math/rand/v2"
	"strings"
)

// A birthplace has a province in Canada and the United States only.
type birthplace struct{ city, province, country string }

// A people is a pool of names and birthplaces that go together, and the leagues its players grow up in.
type people struct {
	country string
	share   int // of all players
	first   []string
	last    []string
	towns   []string // "city" or "city|province"
	path    []stage
}

// A stage is a league on the way up, between two ages.
type stage struct {
	from, to int
	league   string
	games    int
	scale    float64 // how many points a point of the NHL is worth here
	teams    []string
}

func list(s string) []string {
	var out []string
	for _, l := range strings.Split(s, ",") {
		out = append(out, strings.TrimSpace(l))
	}
	return out
}

var (
	englishFirst = strings.Fields(`Aidan Angus Barrett Beckett Brody Callum Carson Cormac Dallas Darcy Declan Desmond Dexter
		Eamon Elliot Emmett Fergus Finn Garrett Graham Griffin Hudson Ian Jasper Keegan Kieran Lachlan Landon Liam Malachy
		Murray Nolan Owen Parker Quentin Reid Rory Sawyer Seamus Spencer Tavish Tucker Walker Wyatt Zane J.P. T.J.`)
	englishLast = strings.Fields(`O'Rourke O'Halloran O'Dowd O'Shaughnessy MacAskill MacInnes-Doyle McGillicuddy McElhinney
		Fitzwilliam Ashdown Blackwood-Hale Brantford Calloway Cardwell Dunsmore Eastlake Fairweather Galbraith Hathersage
		Inkster Jessop Kilbride Lockhart Marchbanks Netherby Oakhurst Penhaligon Quigley Ravenscroft Saltmarsh Tarkington
		Umberfield Vandermeer Wainwright Yarborough Zimmerlee Birchall Crowfoot Drummondson Elderkin Featherstone Gillespie
		Holloway Ironside Kettering Loughborough Moosomin Northcott Ormsby Pickersgill Redpath Sinclair-Boyd Thistlewood
		Underhill Whitlock Abernethy Bracewell Corrigan Delahunty Farquhar Gallacher Hennessey Kavanagh Mulvaney Rafferty
		Tierney Wolverton De~Groot Van~Aldershot`)

	farm = stage{20, 30, "AHL", 72, 0.75, list("Albany Turnpikes, Spokane Timbers, Tulsa Gushers, Norfolk Tugboats, Omaha Stockmen")}
)

var peoples = []people{
	{country: "CAN", share: 30, first: englishFirst, last: englishLast,
		path: []stage{{16, 19, "WHL", 68, 1.45, list("Estevan Drillers, Dauphin Elks, Portage Voyagers, Swift River Foxes")}, farm},
		towns: list(`Kenora|Ontario, Sudbury|Ontario, Thunder Bay|Ontario, Peterborough|Ontario, Oakville|Ontario,
			Brandon|Manitoba, Flin Flon|Manitoba, Moose Jaw|Saskatchewan, Swift Current|Saskatchewan, Red Deer|Alberta,
			Medicine Hat|Alberta, Lethbridge|Alberta, Kelowna|British Columbia, Prince George|British Columbia,
			Truro|Nova Scotia, Moncton|New Brunswick, Charlottetown|Prince Edward Island, Whitehorse|Yukon Territory`)},
	{country: "CAN", share: 10,
		path: []stage{{16, 19, "QMJHL", 64, 1.6, list("Tornades de Rimouski, Bûcherons de La Tuque, Brise-glace de Sept-Îles")}, farm},
		first: strings.Fields(`Anthony Benoît Cédric Charles-Étienne Édouard Émile Étienne Félix François-Xavier Frédéric Gaël
			Jean-Sébastien Jérémie Loïc Mathéo Maxime Noël Olivier-Luc Raphaël Rémi Thierry Yanick Zacharie`),
		last: strings.Fields(`D’Amours St-Pierre-Tremblay L'Archevêque L'Hérault Archambault-Côté Beauséjour Bélanger-Roy
			Champoux Charbonneau-Viau Desrosiers-Gagné Deschênes Duchesneau Frenette Généreux Grandmaison Hétu Labrèche
			Lafrenière-Dubé Lévesque-Noël Maisonneuve Normandeau Ouellet-Fortin Pépin Quesnel Robitaille-Huard
			Sansregret Thériault-Roy Vaillancourt-Dion`),
		towns: list(`Rimouski|Quebec, Chicoutimi|Quebec, Val-d'Or|Quebec, Trois-Rivières|Quebec, Sherbrooke|Quebec,
			Gatineau|Quebec, Rouyn-Noranda|Quebec, Saint-Hyacinthe|Quebec, Baie-Comeau|Quebec`)},
	{country: "USA", share: 30, first: englishFirst, last: englishLast,
		path: []stage{{16, 17, "USHL", 60, 0.9, list("Davenport Ferrymen, Peoria Tractors, Racine Lanterns")},
			{18, 20, "NCAA", 38, 0.85, list("Univ. of Great Lakes, North Shore College, Iron Range State, Champlain Univ.")}, farm},
		towns: list(`Duluth|Minnesota, Roseau|Minnesota, Hibbing|Minnesota, Grand Rapids|Michigan, Marquette|Michigan,
			Worcester|Massachusetts, Lowell|Massachusetts, Rochester|New York, Utica|New York, Madison|Wisconsin,
			Fargo|North Dakota, Erie|Pennsylvania, Scottsdale|Arizona, Anchorage|Alaska, Plano|Texas, Irvine|California,
			Naperville|Illinois, Hartford|Connecticut, Concord|New Hampshire, Boulder|Colorado`)},
	{country: "SWE", share: 12,
		path: []stage{{16, 17, "J18 Allsvenskan", 22, 1.2, list("Norrbygd IF, Älvsjö HC, Västervik SK")},
			{18, 30, "SHL", 52, 0.5, list("Hammarstads IK, Öresund HK, Älvsjö HC")}},
		first: strings.Fields(`Arvid Axel Björn Calle Ebbe Göran Håkan Isak Jesper Jörgen Kjell Love Måns Melker Noel Otto Pär
			Rasmus Sixten Torbjörn Ulf Viggo Östen`),
		last: strings.Fields(`Ångström Åkerblad Björkqvist-Lund Brännvall Dahlgrensson Ekströmer Fägersköld Gyllenspets Hägglöf
			Järnkrok-Ek Källström Lindqvist-Öhr Ljungmark Näslundh Öhrström Rådström Sjöholmare Söderhielm Tärnvik
			Uddevall Wärnlöf Ödmark`),
		towns: list(`Örnsköldsvik, Luleå, Skellefteå, Växjö, Gävle, Mora, Timrå, Södertälje, Jönköping, Umeå`)},
	{country: "FIN", share: 9,
		path: []stage{{16, 18, "U20 SM-sarja", 48, 1.1, list("Kuopion Karhut, Rauman Majakat")},
			{19, 30, "Liiga", 60, 0.55, list("Oulun Ilves-Pojat, Porin Hylkeet, Lahden Salamat")}},
		first: strings.Fields(`Aatu Antti-Jussi Eetu Harri Ilmari Jesse Jyrki Kaapo Kimmo Lasse Miikka Niilo Onni Pekka Sampo
			Tuukka Urho Väinö Veikka Ykä`),
		last: strings.Fields(`Lähteenmäki Hämäläinen-Aho Jääskelä Järvikoski Kärppälä Köpsilä Lehtiranta Määttälä Nykyri
			Pöyhtäri Räikkälä Ruotsalo Säkkijärvi Tähtivuori Tuominiemi Uusikartano Väänäsmäki Ylitörmänen`),
		towns: list(`Oulu, Tampere, Rauma, Kuopio, Jyväskylä, Hämeenlinna, Lappeenranta, Kärpänkylä, Pori`)},
	{country: "CZE", share: 9,
		path: []stage{{16, 19, "Czechia U20", 44, 1.1, list("HC Horáci Třebíč, HC Orlík Zlín, BK Mlýnáři Kolín")}, farm},
		first: strings.Fields(`Bořivoj Čeněk Dalibor Dušan Hynek Jáchym Jiří Kryštof Kvido Luboš Matěj Miloš Ondřej Přemysl Radovan
			Řehoř Slavomír Tadeáš Vít Zdeněk`),
		last: strings.Fields(`Žďárský Bělohlávek Čermáček Dvořáčkovský Hřebíček Jeřábský Kratochvílek Křižanovský Ledňáček Měchura
			Nezvěda Ořechovský Příhodný Řezníčkovský Skřivánek Šťovíček Třešňák Vlčnovský Zvěřina Žežulka`),
		towns: list(`Třebíč, Žďár nad Sázavou, Plzeň, Zlín, Jihlava, Litvínov, Pardubice, Vsetín, České Budějovice`)},
}

func randomPeople(rng *rand.Rand) *people {
	n := rng.IntN(100) // the shares add up to 100
	i := 0
	for ; n >= peoples[i].share; i++ {
		n -= peoples[i].share
	}
	return &peoples[i]
}

func (pp *people) name(rng *rand.Rand) (first, last string) {
	return pick(rng, pp.first), strings.ReplaceAll(pick(rng, pp.last), "~", " ")
}

func (pp *people) birthplace(rng *rand.Rand) birthplace {
	city, province, _ := strings.Cut(pick(rng, pp.towns), "|")
	if rng.IntN(50) == 0 { // the API does not know every province
		province = ""
	}
	return birthplace{city: city, province: province, country: pp.country}
}
