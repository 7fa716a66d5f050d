package kinds

import (
	"regexp"
	"slices"
	"strings"
)

// Which cron jobs resemble each other: those of which one may be an edited form of the
// other. docs/apply.md has this rule for users; keep the two equal.
//
// Two commands resemble each other if they share a distinctive word. The words of a
// command are separated by white space, quotes and the operators of a shell. They are
// compared without case, hyphens and underscores; a path and a URL count by their last
// part, without the extension of a script. Every word is distinctive except
//
//   - options (-v, --all) and assignments (NAME=value);
//   - numbers, with or without a unit (60, 5m, 02:30), and words without a letter;
//   - runners, by the last part of a path and with the extension: programs and words that
//     only say how something else is run;
//   - words that most of the other jobs of the environment contain, where there are at
//     least five others.
//
// A command without a distinctive word ("rake", "python 7") counts by its last word that
// is no option, whatever that is, and resembles any command that contains it.

// runners run something else, or are part of how it is run.
var runners = wordSet(`
	python pypy ruby node nodejs deno bun php perl java sh bash dash ash zsh
	env exec command eval nice ionice time timeout nohup setsid stdbuf flock xargs sudo su gosu
	manage.py django-admin flask celery rake rails runner artisan console drush wp cake thor
	bundle bundler poetry pipenv pdm uv uvx pipx hatch npm npx yarn pnpm composer make run start
	cd export set source test true false echo printf sleep cat tee grep date and or then do done if fi
	curl wget http https null app
`)

// extensions of scripts are not part of a word.
var extensions = []string{".py", ".sh", ".bash", ".rb", ".js", ".mjs", ".ts", ".php", ".pl"}

var (
	separators  = regexp.MustCompile("[\\s'\"`;|&<>(){}]+")
	assignment  = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*=`)
	number      = regexp.MustCompile(`^([^\pL]*|[0-9]+([.][0-9]+)?[A-Za-z]{1,2})$`)
	interpreter = regexp.MustCompile(`^(python|pypy|ruby|php|perl|node)[0-9.]+$`)
	connectors  = strings.NewReplacer("-", "", "_", "")
)

func wordSet(list string) map[string]bool {
	set := map[string]bool{}
	for _, word := range strings.Fields(list) {
		set[word] = true
	}
	return set
}

// lastPart is the last part of a path or URL in lower case, and what follows it in a URL.
func lastPart(text string) (base, query string) {
	base, query, _ = strings.Cut(text, "?")
	base = strings.TrimRight(base, "/")
	return strings.ToLower(base[strings.LastIndexByte(base, '/')+1:]), query
}

// wordOf is a word in the form in which it is compared.
func wordOf(text string) string {
	base, query := lastPart(text)
	for _, extension := range extensions {
		if name, cut := strings.CutSuffix(base, extension); cut && name != "" {
			base = name
			break
		}
	}
	word := connectors.Replace(base)
	if query != "" {
		word += "?" + query
	}
	return word
}

// phrase is a command as its words.
type phrase struct {
	// all are the words that are no options and no assignments, in order; whole are
	// these and the others, sorted.
	all, whole []string
	// candidates may be distinctive: all, without numbers and runners, each once.
	candidates []string
}

func phraseOf(command string) phrase {
	var p phrase
	for _, text := range separators.Split(command, -1) {
		if text == "" {
			continue
		}
		option := strings.HasPrefix(text, "-") || assignment.MatchString(text)
		word := text
		if !option {
			if word = wordOf(text); word == "" {
				continue
			}
			p.all = append(p.all, word)
		}
		p.whole = append(p.whole, word)
		base, _ := lastPart(text)
		if !option && !number.MatchString(word) && !runners[base] && !interpreter.MatchString(base) && !slices.Contains(p.candidates, word) {
			p.candidates = append(p.candidates, word)
		}
	}
	slices.Sort(p.whole)
	return p
}

// last is the last word that is no option.
func (p phrase) last() string {
	if len(p.all) == 0 {
		return ""
	}
	return p.all[len(p.all)-1]
}

// closeness is how much two commands have in common, from 1 to 1000: twice the number
// of common words, by the number of all.
func closeness(a, b phrase) int {
	common := 0
	for i, j := 0, 0; i < len(a.whole) && j < len(b.whole); {
		switch order := strings.Compare(a.whole[i], b.whole[j]); {
		case order < 0:
			i++
		case order > 0:
			j++
		default:
			common, i, j = common+1, i+1, j+1
		}
	}
	return 1 + 999*2*common/max(1, len(a.whole)+len(b.whole))
}

// vocabulary is what is known of the words of all jobs of an environment.
type vocabulary struct {
	commands int
	uses     map[string]int
}

// fewOthers is how many other jobs there must be for a word that most of them contain
// not to be distinctive.
const fewOthers = 5

// vocabularyOf counts in how many of the commands each word is, each command once.
func vocabularyOf(commands []string) vocabulary {
	v := vocabulary{uses: map[string]int{}}
	seen := map[string]bool{}
	for _, command := range commands {
		if seen[command] {
			continue
		}
		seen[command] = true
		v.commands++
		for _, word := range phraseOf(command).candidates {
			v.uses[word]++
		}
	}
	return v
}

// distinctive are the words of a command that only few other jobs contain. Two jobs that
// are compared are not among the others.
func (v vocabulary) distinctive(p phrase) []string {
	others := v.commands - 2
	var words []string
	for _, word := range p.candidates {
		if others < fewOthers || 2*(v.uses[word]-2) <= others {
			words = append(words, word)
		}
	}
	return words
}

// resembling finds the pairs of commands, one of each side, that resemble each other, by
// way of an index of the words: the cost grows with the number of words and of such
// pairs, not with the product of the sides. The pairs are sorted.
func (v vocabulary) resembling(ours, theirs []phrase) []likePair {
	distinctive, anywhere, lastOnly := map[string][]int{}, map[string][]int{}, map[string][]int{}
	for j, their := range theirs {
		words := v.distinctive(their)
		for _, word := range words {
			distinctive[word] = append(distinctive[word], j)
		}
		if len(words) == 0 {
			lastOnly[their.last()] = append(lastOnly[their.last()], j)
		}
		for _, word := range their.all {
			anywhere[word] = append(anywhere[word], j)
		}
	}
	var pairs []likePair
	for i, our := range ours {
		found := map[int]bool{}
		words := v.distinctive(our)
		look := func(index map[string][]int, word string) {
			for _, j := range index[word] {
				found[j] = true
			}
		}
		for _, word := range words {
			look(distinctive, word)
		}
		if len(words) == 0 {
			look(anywhere, our.last())
		}
		for _, word := range our.all {
			look(lastOnly, word)
		}
		for j := range found {
			pairs = append(pairs, likePair{i, j, closeness(our, theirs[j])})
		}
	}
	slices.SortFunc(pairs, likePair.compare)
	return pairs
}
