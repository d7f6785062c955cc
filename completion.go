package main

import (
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"rowan/daemon/config"
	"rowan/internal/starter"
	"rowan/internal/terminal"
	"rowan/jsapi"
)

// A completer says how a word that is being typed may go on, for the completion of shells.
type completer = cobra.CompletionFunc

// scripts are the extensions of the files that apps and scripts are made of.
var scripts = []string{"ts", "tsx", "mts", "js", "jsx", "mjs"}

// argumentCompleters are those of the commands' arguments, by command.
var argumentCompleters = map[string]completer{
	"attach": first(contexts),
	"serve":  first(extensions(scripts...)),
	"check":  first(extensions(scripts...)),
	"config": first(extensions(scripts...)),
	"eval":   first(extensions(scripts...)),
	"init":   first(folders),
}

// flagCompleters are those of the flags' values, by flag.
var flagCompleters = map[string]completer{
	"allow-hosts": listOf("public", "private", "none"),
	"apis":        groups,
	"env":         variables,
	"log-format":  cobra.FixedCompletions([]string{"auto", "console", "json"}, cobra.ShellCompDirectiveNoFileComp),
	"log-level":   cobra.FixedCompletions([]string{"debug", "info", "warn", "error"}, cobra.ShellCompDirectiveNoFileComp|cobra.ShellCompDirectiveKeepOrder),
	"kind":        kinds,
	"set":         settings,
	"sort":        cobra.FixedCompletions(terminal.SortNames(), cobra.ShellCompDirectiveNoFileComp|cobra.ShellCompDirectiveKeepOrder),
	"template":    templates,
}

// placeholderCompleters are those of other flags, by what their help has in the value's place.
var placeholderCompleters = map[string]completer{
	"file":   cobra.FixedCompletions(nil, cobra.ShellCompDirectiveDefault),
	"folder": folders,
}

// addCompletions has the commands complete their arguments and their flags' values. Nothing is completed by the names of files unless it is
// said above.
func addCompletions(root *cobra.Command) {
	root.InitDefaultCompletionCmd() // or it would come after this
	if cmd, _, err := root.Find([]string{"completion"}); err == nil {
		cmd.Args, cmd.RunE = root.Args, root.RunE // an unknown shell is an error, not help
	}
	for _, cmd := range root.Commands() {
		cmd.ValidArgsFunction = argumentCompleters[cmd.Name()]
		if cmd.ValidArgsFunction == nil {
			cmd.ValidArgsFunction = cobra.NoFileCompletions
		}
		cmd.Flags().VisitAll(func(flag *pflag.Flag) {
			placeholder, _ := pflag.UnquoteUsage(flag)
			complete := flagCompleters[flag.Name]
			if complete == nil {
				complete = placeholderCompleters[placeholder]
			}
			if complete == nil {
				complete = cobra.NoFileCompletions
			}
			if err := cmd.RegisterFlagCompletionFunc(flag.Name, complete); err != nil {
				panic(err) // a flag belongs to one command
			}
		})
	}
}

// extensions completes by the files with these extensions.
func extensions(list ...string) completer {
	return cobra.FixedCompletions(list, cobra.ShellCompDirectiveFilterFileExt)
}

// folders completes by the names of folders.
func folders(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveFilterDirs
}

// first completes the first argument alone.
func first(complete completer) completer {
	return func(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return complete(cmd, args, word)
	}
}

// listOf completes the last item of a list with commas by those that the list does not have yet.
func listOf(items ...string) completer {
	return func(_ *cobra.Command, _ []string, word string) ([]string, cobra.ShellCompDirective) {
		before := word[:strings.LastIndexByte(word, ',')+1]
		var list []string
		for _, item := range items {
			if !slices.Contains(strings.Split(before, ","), item) {
				list = append(list, before+item)
			}
		}
		return list, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace | cobra.ShellCompDirectiveKeepOrder
	}
}

// groups completes a list of API groups. "all" and "none" begin it; behind something else a group can be taken away.
func groups(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
	items := jsapi.Names()
	if !strings.Contains(word, ",") {
		items = append([]string{"all", "none"}, items...)
	} else if last := word[strings.LastIndexByte(word, ',')+1:]; strings.HasPrefix(last, "-") {
		for i, item := range items {
			items[i] = "-" + item
		}
	}
	return listOf(items...)(cmd, args, word)
}

// settings completes by the keys of settings.
func settings(*cobra.Command, []string, string) (list []string, directive cobra.ShellCompDirective) {
	for _, key := range config.Keys() {
		list = append(list, key+"=")
	}
	return list, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}

// variables completes by the names of the environment's variables.
func variables(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	var names []string
	for _, variable := range os.Environ() {
		name, _, _ := strings.Cut(variable, "=")
		names = append(names, name)
	}
	slices.Sort(names)
	return names, cobra.ShellCompDirectiveNoFileComp
}

// templates completes by the templates of init, each with what it is.
func templates(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	var list []string
	for _, t := range starter.Templates {
		list = append(list, cobra.CompletionWithDesc(t.Name, t.Summary))
	}
	return list, cobra.ShellCompDirectiveNoFileComp
}
