package engine

import "testing"

func TestKindOf(t *testing.T) {
	th := testThread(t)
	group, err := Compile("(function (host) { globalThis.kindOf = host.kindOf; return {}; })", "group.js", false)
	if err != nil {
		t.Fatal(err)
	}
	c := newTemplate(t, th, "", Spec{Groups: []Group{{Name: "group", Program: group}}}).Fork(nil)
	for script, want := range map[string]string{
		"({})": "Object", "new (class A {})": "Object", "Object.create(Map.prototype)": "Object", "new Proxy([], {})": "Proxy",
		"[1]": "Dense", "[]": "Dense", "[1, , 2]": "Array", "Object.assign([1], { a: 1 })": "Array",
		"new Map()": "Map", "new (class extends Set {})": "Set", "new TypeError()": "Error", "Object(1n)": "BigInt",
		"new Uint8Array(2)": "Uint8Array", "new DataView(new ArrayBuffer(2))": "DataView",
		"new Uint8Array(new ArrayBuffer(2, { maxByteLength: 4 }), 1)":    "Uint8Array*",
		"new Uint8Array(new ArrayBuffer(2, { maxByteLength: 4 }), 0, 2)": "Uint8Array",
		"/x/": "RegExp", "new Date(0)": "Date", "Promise.resolve()": "Promise", "(() => 1)": "Function",
	} {
		if got := eval(t, th, c, "kindOf("+script+")"); got != want {
			t.Errorf("kindOf(%s) = %v, want %s", script, got, want)
		}
	}
	if got := eval(t, th, c, "try { kindOf(1) } catch (e) { e.name }"); got != "TypeError" {
		t.Errorf("kindOf(1) throws %v", got)
	}
}
