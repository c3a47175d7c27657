package report

import "duban/store"

func gatherMonth(*store.Snapshot, Order) (Document, error) { return nil, ErrFormat }
