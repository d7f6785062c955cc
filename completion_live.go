package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"rowan/daemon/admin/client"
	"rowan/daemon/inspect"
)

// completionPatience is how long a server may take to tell what there is: somebody has pressed a key and waits.
const completionPatience = time.Second

// largest are the contexts of the server that the command is about which take most memory. There are none where no server is found.
func largest(cmd *cobra.Command) []inspect.Row {
	ctx, cancel := context.WithTimeout(context.Background(), completionPatience)
	defer cancel()
	c, err := client.Open(cmd.Flag("admin").Value.String())
	if err != nil {
		return nil
	}
	var list inspect.ContextList
	if err := c.Get(ctx, "api/contexts?limit=100", &list); err != nil {
		return nil
	}
	return list.Rows
}

// contexts completes by the contexts of a server: their numbers, and actors by kind and id.
func contexts(cmd *cobra.Command, _ []string, _ string) (list []string, directive cobra.ShellCompDirective) {
	for _, row := range largest(cmd) {
		target := strconv.FormatUint(row.ID, 10)
		if kind, ok := strings.CutPrefix(row.Kind, "actor "); ok && row.Name != "" {
			target = kind + "/" + row.Name
		}
		list = append(list, cobra.CompletionWithDesc(target, fmt.Sprintf("%s, %d bytes, %d turns", row.Kind, row.Memory, row.Turns)))
	}
	return list, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
}

// kinds completes by the kinds of contexts that a server has.
func kinds(cmd *cobra.Command, _ []string, _ string) (list []string, directive cobra.ShellCompDirective) {
	for _, row := range largest(cmd) {
		list = append(list, row.Kind)
	}
	slices.Sort(list)
	return slices.Compact(list), cobra.ShellCompDirectiveNoFileComp
}
