package engine

import lib "modernc.org/libquickjs"

// EvalInto runs a script that may await at its top level, as a person types it: what it declares stays for the next one. A held function
// is called with a promise of { value }, the script's completion value, and its result is returned as by CallEncoded.
func (t *Turn) EvalInto(f Func, source, name string) (result []byte, p Promise, err error) {
	nested := t.enterScript()
	v, err := t.eval(source, name, lib.MJS_EVAL_TYPE_GLOBAL|lib.MJS_EVAL_FLAG_ASYNC)
	if err == nil {
		var r jsValue
		r, err = t.callValues(t.held(f), v)
		t.free(v)
		if err == nil {
			result, p, err = t.resultEncoded(nil, r)
		}
	}
	t.leaveScript(nested)
	return result, p, err
}
