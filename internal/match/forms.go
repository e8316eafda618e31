package match

// The tables hold folded words (see words), so that no entry has an accent or
// a written-out umlaut.

// titles stand before a name and are no part of it.
var titles = map[string]bool{
	"dr": true, "prof": true, "professor": true, "mag": true, "dipl": true, "ing": true, "mr": true, "mrs": true, "ms": true,
	"miss": true, "herr": true, "herrn": true, "frau": true, "domnul": true, "doamna": true, "dl": true, "dna": true,
	"bay": true, "bayan": true, "sayin": true, "mme": true, "monsieur": true, "madame": true,
}

// generations stand behind a name and tell parent from child.
var generations = map[string]int{
	"sr": 1, "senior": 1, "sen": 1, "i": 1, "jr": 2, "junior": 2, "jun": 2, "ii": 2, "iii": 3, "iv": 4,
}

// legalForms are what names of companies end in; the same company is written
// with and without.
var legalForms = map[string]bool{
	"gmbh": true, "ag": true, "kg": true, "ohg": true, "gbr": true, "ug": true, "ev": true, "se": true, "mbh": true, "co": true, "inc": true, "corp": true,
	"ltd": true, "limited": true, "llc": true, "plc": true, "llp": true, "sa": true, "srl": true, "sarl": true, "sas": true, "spa": true, "bv": true,
	"nv": true, "as": true, "sti": true, "ab": true, "oy": true, "the": true, "and": true, "und": true, "of": true, "si": true, "ve": true,
}

// nicknames give the given names that a short form, or another spelling, may
// stand for. Only what does not look alike needs to be here. Keys have at most
// maxNickname letters.
var nicknames = map[string][]string{
	"bob": {"robert"}, "bobby": {"robert"}, "rob": {"robert"}, "robbie": {"robert"}, "bert": {"robert"}, "bill": {"william"}, "billy": {"william"},
	"will": {"william"}, "willi": {"wilhelm"}, "liam": {"william"}, "dick": {"richard"}, "rick": {"richard", "patrick"}, "jim": {"james"},
	"jimmy": {"james"}, "jack": {"john"}, "johnny": {"john"}, "ted": {"edward"}, "ed": {"edward", "eduard"}, "eddie": {"edward", "eduard"},
	"ned": {"edward"}, "tony": {"anthony"}, "chuck": {"charles"}, "charlie": {"charles"}, "hank": {"henry"}, "harry": {"henry"},
	"andy": {"andrew", "andreas"}, "drew": {"andrew"}, "alex": {"alexander", "alexandra", "alexandru"}, "sandy": {"alexander", "alexandra", "sandra"},
	"peggy": {"margaret"}, "peggie": {"margaret"}, "maggie": {"margaret"}, "meg": {"margaret"}, "greta": {"margaret"}, "gretel": {"margaret"},
	"liz": {"elizabeth"}, "betty": {"elizabeth"}, "beth": {"elizabeth"}, "lisa": {"elizabeth"}, "elisabeth": {"elizabeth"}, "lisl": {"elizabeth"},
	"kate": {"katherine"}, "kathy": {"katherine"}, "katie": {"katherine"}, "cathy": {"katherine"}, "kathe": {"katherine"}, "kathi": {"katherine"},
	"katharina": {"katherine"}, "su": {"susan"}, "howie": {"howard"}, "mike": {"michal"}, "mick": {"michal"}, "michi": {"michal"}, "sepp": {"josef"},
	"pepi": {"josef"}, "joseph": {"josef"}, "jo": {"josef", "johannes", "johanna"}, "toni": {"anton", "antonia"}, "hans": {"johannes"},
	"hannes": {"johannes"}, "johann": {"johannes"}, "jan": {"johannes"}, "jorg": {"georg"}, "schorsch": {"georg"}, "george": {"georg"},
	"fritz": {"friedrich"}, "heinz": {"heinrich"}, "heiner": {"heinrich"}, "klas": {"nikolas"}, "nick": {"nikolas", "nicholas"}, "lotte": {"charlotte"},
	"uschi": {"ursula"}, "ulla": {"ursula"}, "steffi": {"stefanie"}, "gabi": {"gabriele"}, "moni": {"monika"}, "resi": {"therese"}, "ecki": {"eckart"},
	"matze": {"matthias"}, "gigi": {"georgeta"}, "gicu": {"georghe"}, "ghita": {"georghe"}, "gheorghe": {"georghe"}, "nelu": {"ion"}, "ionel": {"ion"},
	"mitica": {"dumitru"}, "costel": {"constantin"}, "costi": {"constantin"}, "nicu": {"nicola"}, "sandu": {"alexandru"}, "memo": {"mehmet"},
	"mehmed": {"mehmet"}, "mhd": {"mohamed"}, "mohd": {"mohamed"}, "md": {"mohamed"}, "muhammad": {"mohamed"}, "muhammed": {"mohamed"},
	"mohammed": {"mohamed"}, "mohammad": {"mohamed"}, "ibo": {"ibrahim"}, "apo": {"abdullah"}, "fatos": {"fatma"}, "patty": {"patricia"},
	"pat": {"patricia", "patrick"}, "trish": {"patricia"}, "chris": {"christian", "christine", "christopher", "christof"}, "sascha": {"alexander"},
	"max": {"maximilian"}, "sam": {"samul", "samantha"}, "dan": {"danil"}, "danny": {"danil"}, "andi": {"andreas", "andrea"},
}

const maxNickname = 9

// streetWords are in so many addresses that they tell nothing.
var streetWords = map[string]bool{
	"street": true, "st": true, "str": true, "strasse": true, "strada": true, "ave": true, "avenu": true, "av": true, "road": true, "rd": true,
	"lane": true, "ln": true, "drive": true, "dr": true, "place": true, "pl": true, "court": true, "ct": true, "crescent": true, "cres": true,
	"circuit": true, "cct": true, "way": true, "boulevard": true, "blvd": true, "bd": true, "square": true, "sq": true, "terrace": true, "parkway": true,
	"close": true, "weg": true, "platz": true, "gasse": true, "allee": true, "cadde": true, "caddesi": true, "cad": true, "sokak": true, "sk": true,
	"mah": true, "mahallesi": true, "bulvari": true, "bul": true, "no": true, "nr": true, "apt": true, "appt": true, "ap": true, "unit": true,
	"suite": true, "ste": true, "floor": true, "bl": true, "bld": true, "sc": true, "et": true, "po": true, "box": true, "postfach": true,
	"n": true, "s": true, "e": true, "w": true, "ne": true, "nw": true, "se": true, "sw": true, "north": true, "south": true, "east": true, "west": true,
	"ul": true, "cd": true, "d": true, "kat": true, "daire": true,
}
