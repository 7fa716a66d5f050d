package main

import "github.com/divioctl/divioctl/pkg/plan"

// selectFlags narrow a plan to some addresses.
type selectFlags struct {
	Only             []given `sep:"none" placeholder:"GLOB" help:"Only resources with such an address, such as 'variable.shop/live/*'; * stands for anything within a part, ** across. May repeat."`
	Exclude          []given `sep:"none" placeholder:"GLOB" help:"No resource with such an address. May repeat."`
	WithDependencies bool    `help:"Add what the selected changes need."`
}

func (f *selectFlags) selection() plan.Selection {
	return plan.Selection{Only: texts(f.Only), Exclude: texts(f.Exclude), WithDependencies: f.WithDependencies}
}
