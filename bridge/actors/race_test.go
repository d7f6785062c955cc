//go:build race

package actors_test

// slow is how much longer everything takes under the race detector.
const slow = 8
