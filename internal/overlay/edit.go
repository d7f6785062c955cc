package main

import (
	"crypto/sha256"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strings"
)

// A sourceFile of a target is changed by edits.
type sourceFile struct {
	name  string // in the module's directory
	hash  string // of the declarations that the edits are about, as the first 16 digits of hash say
	edits []edit
}

// An edit changes one declaration: a function "F", a method "T.M", a type "T". Lines stay where they are.
type edit struct {
	declaration string
	what        operation
	text        string
}

type operation int

const (
	drop      operation = iota // takes the declaration out
	rename                     // calls a function or method text
	addFields                  // puts the fields of text at the beginning of a struct
)

// apply edits a file's source, if the declarations are what they were when the edits were written.
func (f sourceFile) apply(source string) (string, error) {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, f.name, source, parser.SkipObjectResolution)
	if err != nil {
		return "", err
	}
	offset := func(p token.Pos) int { return files.Position(p).Offset }
	type change struct {
		from, to int
		text     string
	}
	var changes []change
	sum := sha256.New()
	for _, e := range f.edits {
		d := find(file, e.declaration)
		if d == nil {
			return "", fmt.Errorf("%s has no %s", f.name, e.declaration)
		}
		from, to := offset(d.Pos()), offset(d.End())
		fmt.Fprintf(sum, "%s\n", source[from:to])
		switch e.what {
		case drop:
			changes = append(changes, change{from, to, strings.Repeat("\n", strings.Count(source[from:to], "\n"))})
		case rename:
			name := d.(*ast.FuncDecl).Name
			changes = append(changes, change{offset(name.Pos()), offset(name.End()), e.text})
		case addFields:
			at := offset(fieldsOf(d).Opening) + 1
			changes = append(changes, change{at, at, " " + e.text})
		}
	}
	if hash := fmt.Sprintf("%x", sum.Sum(nil))[:16]; hash != f.hash {
		return "", fmt.Errorf("%s: what is to be replaced has the hash %s, not %s: it is not the code that the replacement was written for", f.name, hash, f.hash)
	}
	slices.SortFunc(changes, func(a, b change) int { return b.from - a.from })
	for _, c := range changes {
		source = source[:c.from] + c.text + source[c.to:]
	}
	return source, nil
}

// find returns the declaration with the given name, without its comment; nil if there is none.
func find(file *ast.File, name string) ast.Node {
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if nameOf(d) == name {
				d.Doc = nil // Pos begins with it
				return d
			}
		case *ast.GenDecl:
			for _, s := range d.Specs {
				if t, ok := s.(*ast.TypeSpec); ok && t.Name.Name == name && fieldsOf(t) != nil {
					return t
				}
			}
		}
	}
	return nil
}

func nameOf(f *ast.FuncDecl) string {
	if f.Recv == nil {
		return f.Name.Name
	}
	t := f.Recv.List[0].Type
	if p, ok := t.(*ast.StarExpr); ok {
		t = p.X
	}
	if id, ok := t.(*ast.Ident); ok {
		return id.Name + "." + f.Name.Name
	}
	return ""
}

// fieldsOf returns the fields of a struct's declaration, or nil.
func fieldsOf(n ast.Node) *ast.FieldList {
	if t, ok := n.(*ast.TypeSpec); ok {
		if s, ok := t.Type.(*ast.StructType); ok {
			return s.Fields
		}
	}
	return nil
}
