package main

import (
	"reflect"
	"testing"
)

func TestParse(t *testing.T) {
	head, list, err := parse(`/**
 * All of it.
 */

// ─── First ─────

/**
 * A thing.
 *
 *     code
 *
 * @typeParam T what it has
 */
export interface Thing<T = unknown> {
  // Small ones

  /** Says it; "}" too. */
  say?(text: "}" | T, options: {
    loud?: boolean;
  }): void;

  /**
   * @param text what
   *   to say
   * @returns how often
   * @throws Error when hoarse
   */
  shout(text: string): number;

  /** What it has. */
  parts: {
    /** One of them. */
    one: number;
  };
}

export type Kind =
  | "a"
  | "b";

// ─── Second ───
declare global {
  const thing: Thing;
  // ─── Inner ───
  function f(
    a: number,
  ): void;
}
`)
	if err != nil {
		t.Fatal(err)
	}
	if head.text != "All of it." {
		t.Errorf("head: %q", head.text)
	}
	want := []declaration{
		{name: "Thing", code: "export interface Thing<T = unknown>", section: "First",
			doc: doc{"A thing.\n\n    code", []tag{{"typeParam", "T", "what it has"}}},
			members: []declaration{
				{name: "say", code: "say?(text: \"}\" | T, options: {\n  loud?: boolean;\n}): void;", doc: doc{text: `Says it; "}" too.`}, group: "Small ones"},
				{name: "shout", code: "shout(text: string): number;", group: "Small ones",
					doc: doc{"", []tag{{"param", "text", "what to say"}, {"returns", "", "how often"}, {"throws", "", "Error when hoarse"}}}},
				{name: "parts", code: "parts:", doc: doc{text: "What it has."}, group: "Small ones",
					members: []declaration{{name: "one", code: "one: number;", doc: doc{text: "One of them."}}}},
			}},
		{name: "Kind", code: "export type Kind =\n  | \"a\"\n  | \"b\";", section: "First"},
		{name: "global", code: "declare global", section: "Second", members: []declaration{
			{name: "thing", code: "const thing: Thing;"},
			{name: "f", code: "function f(\n  a: number,\n): void;", section: "Inner"},
		}},
	}
	if len(list) != len(want) {
		t.Fatalf("%d declarations, want %d: %+v", len(list), len(want), list)
	}
	for i := range want {
		if !reflect.DeepEqual(list[i], want[i]) {
			t.Errorf("%+v\nwant %+v", list[i], want[i])
		}
	}
}

func TestParseErrors(t *testing.T) {
	for _, text := range []string{"export interface A {", "export type A = {", "}", "= 1;"} {
		if _, list, err := parse(text); err == nil {
			t.Errorf("%q is %+v", text, list)
		}
	}
}
