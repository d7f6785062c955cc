package storage_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"rowan/bridge/storage"
)

// folder makes a folder of files.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		write(t, filepath.Join(dir, name), text)
	}
	return dir
}

func TestMigrations(t *testing.T) {
	tests := []struct {
		files []string
		want  string
	}{
		{nil, ""},
		{[]string{"001_rooms.sql", "002_members.sql", "010.sql", "README.md", "003_draft.sql.orig"}, "001_rooms.sql 002_members.sql 010.sql"},
		{[]string{"20240101120000_a.sql", "20240101120001_b.sql"}, "20240101120000_a.sql 20240101120001_b.sql"},
		{[]string{"rooms.sql"}, "rooms.sql: the name of a migration begins with a number, as in 001_rooms.sql"},
		{[]string{"1_a.sql", "10_b.sql", "2_c.sql"}, "1_a.sql: its number and that of 10_b.sql differ in length"},
		{[]string{"01_a.sql", "01_b.sql"}, "01_b.sql: 01_a.sql has the same number"},
	}
	for _, test := range tests {
		files := map[string]string{}
		for _, name := range test.files {
			files[name] = ""
		}
		list, err := storage.Migrations(folder(t, files))
		var names []string
		for _, m := range list {
			names = append(names, m.Name)
		}
		if got := strings.Join(names, " "); err == nil && got != test.want || err != nil && !strings.Contains(err.Error(), test.want) {
			t.Errorf("%v: %s, %v; want %s", test.files, got, err, test.want)
		}
	}
	if list, err := storage.Migrations(filepath.Join(t.TempDir(), "absent")); len(list) > 0 || err != nil {
		t.Errorf("of no folder: %v, %v", list, err)
	}
}

// Migrations run once, in order, and what is wrong with one names file and line.
func TestMigrate(t *testing.T) {
	first := map[string]string{
		"1_rooms.sql":   "-- rooms\nCREATE TABLE rooms (name TEXT PRIMARY KEY);\n\nINSERT INTO rooms VALUES ('lobby');\n",
		"2_members.sql": "CREATE TABLE members (room REFERENCES rooms);\r\nCREATE TRIGGER t AFTER INSERT ON members BEGIN SELECT 1; SELECT 2; END;\r\n",
	}
	with := func(more map[string]string) map[string]string {
		files := map[string]string{}
		for _, m := range []map[string]string{first, more} {
			for name, text := range m {
				files[name] = text
			}
		}
		return files
	}
	tests := []struct {
		name  string
		files map[string]string
		ran   []string
		want  string // error
	}{
		{"again", first, nil, ""},
		{"other line ends", with(map[string]string{"2_members.sql": strings.ReplaceAll(first["2_members.sql"], "\r", "")}), nil, ""},
		{"a new one", with(map[string]string{"3_more.sql": "ALTER TABLE rooms ADD COLUMN topic"}), []string{"3_more.sql"}, ""},
		{"nothing but a remark", with(map[string]string{"3_more.sql": "-- later"}), []string{"3_more.sql"}, ""},
		{"changed", with(map[string]string{"1_rooms.sql": "CREATE TABLE rooms (name)"}), nil, "1_rooms.sql: it has changed since it ran"},
		{"before one that ran", map[string]string{"0_first.sql": ""}, nil, "0_first.sql: it comes before 2_members.sql, which has run already"},
		{"syntax error", with(map[string]string{"3_a.sql": "INSERT INTO rooms VALUES ('x');\n\n  SELECT (1;\n"}), nil, "3_a.sql:3:12: near \";\": syntax error"},
		{"failing statement", with(map[string]string{"3_a.sql": "DELETE FROM rooms;\n/* twice */\nINSERT INTO rooms VALUES ('x'), ('x');"}), nil, "3_a.sql:3:1: UNIQUE constraint failed: rooms.name"},
		{"no such table", with(map[string]string{"3_a.sql": "SELECT 1;\nSELECT * FROM absent;"}), nil, "3_a.sql:2:1: no such table: absent"},
		{"transaction of its own", with(map[string]string{"3_a.sql": "BEGIN;\nDELETE FROM rooms;\nCOMMIT;"}), nil, "3_a.sql:1:1: BEGIN, COMMIT and the like are not for scripts"},
		{"our tables", with(map[string]string{"3_a.sql": "DELETE FROM rooms;\nDELETE FROM rowan_storage;"}), nil, "3_a.sql:2:1: the table rowan_storage is not for scripts"},
		{"a good one before a bad one", with(map[string]string{"3_a.sql": "CREATE TABLE good (a);", "4_b.sql": "CREATE TABLE"}), []string{"3_a.sql"}, "4_b.sql:1:1: incomplete input"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			opts := inFolder(t)
			migrate := func(files map[string]string) ([]string, error) {
				list, err := storage.Migrations(folder(t, files))
				if err != nil {
					t.Fatal(err)
				}
				s := openStore(t, opts)
				defer s.Close()
				return s.Migrate(list)
			}
			if ran, err := migrate(first); err != nil || !slices.Equal(ran, []string{"1_rooms.sql", "2_members.sql"}) {
				t.Fatalf("at first: ran %v, %v", ran, err)
			}
			ran, err := migrate(test.files)
			if !slices.Equal(ran, test.ran) {
				t.Errorf("ran %v, want %v", ran, test.ran)
			}
			if fmt.Sprint(err) != "<nil>" && test.want == "" || test.want != "" && (err == nil || !strings.Contains(err.Error(), string(os.PathSeparator)+test.want)) {
				t.Errorf("error %v, want %s", err, test.want)
			}
			c := newRig(t, 1, opts, scripted).open(0)
			if got := fmt.Sprint(call(t, c, "sql", "SELECT name FROM rooms")); got != "[[{name lobby}]]" {
				t.Errorf("the rooms are %v", got)
			}
		})
	}
}
