// Package types is the type definitions of apps, as the file that TypeScript reads. The folder is a package of npm too.
package types

import _ "embed"

//go:generate go run ./reference ../docs/reference

// Definitions is rowan.d.ts.
//
//go:embed rowan.d.ts
var Definitions string
