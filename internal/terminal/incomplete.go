package terminal

// incomplete reports whether code that is typed has more to come: a bracket, a template or a comment is open. It need not be
// right about every regular expression: a line that is run too early is a SyntaxError, and does nothing.
func incomplete(code string) bool {
	var open []byte // what closes each of them
	for i := 0; i < len(code); i++ {
		last := byte(0)
		if len(open) > 0 {
			last = open[len(open)-1]
		}
		c := code[i]
		switch {
		case last == '`' && c == '\\', last != '`' && (c == '"' || c == '\''):
			if c == '\\' {
				i++
				continue
			}
			if i = endOfString(code, i); i >= len(code) {
				return false // a string does not go on on the next line
			}
		case last == '`' && c == '$' && i+1 < len(code) && code[i+1] == '{':
			open = append(open, '}')
			i++
		case last == '`' && c != '`':
		case c == '/' && i+1 < len(code) && code[i+1] == '/':
			for i < len(code) && code[i] != '\n' {
				i++
			}
		case c == '/' && i+1 < len(code) && code[i+1] == '*':
			for i += 2; i+1 < len(code) && code[i:i+2] != "*/"; i++ {
			}
			if i+1 >= len(code) {
				return true
			}
			i++
		case c == last && last != 0:
			open = open[:len(open)-1]
		case c == '(':
			open = append(open, ')')
		case c == '[':
			open = append(open, ']')
		case c == '{':
			open = append(open, '}')
		case c == '`':
			open = append(open, '`')
		case c == ')' || c == ']' || c == '}':
			return false // it closes nothing: let the engine say so
		}
	}
	return len(open) > 0
}

// endOfString is where the string that begins at i ends.
func endOfString(code string, i int) int {
	quote := code[i]
	for i++; i < len(code) && code[i] != quote; i++ {
		if code[i] == '\\' {
			i++
		} else if code[i] == '\n' {
			return len(code)
		}
	}
	return i
}
