package store

import "context"

// OpenWith is Open of a program with other steps.
func OpenWith(ctx context.Context, e Engine, o Options, steps []Step) (*Store, error) {
	return open(ctx, e, o, steps)
}

// StepRecords is how many records one turn of a step changes.
const StepRecords = stepRecords
