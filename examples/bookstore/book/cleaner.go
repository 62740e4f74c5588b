package book

import (
	"context"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/trigger/timer"
)

// Cleaner removes drafts that were not finished.
type Cleaner struct {
	Store    Store         //faas:inject
	DraftAge time.Duration //faas:config key=book.draftAge default=720h
}

// Purged says what a run of the cleaner removed.
type Purged struct {
	Books int `json:"books"`
}

// Purge deletes old drafts, every night.
//
//faas:handler book-purge timeout=60s
//faas:timer cron="30 3 * * *" timezone=Asia/Shanghai
func (c *Cleaner) Purge(ctx context.Context, e timer.Event) (Purged, error) {
	n, err := c.Store.Purge(ctx, e.Time.Add(-c.DraftAge))
	if err != nil {
		return Purged{}, err
	}
	framework.From(ctx).Logger().Info("purged drafts", "books", n, "timer", e.Name)
	return Purged{Books: n}, nil
}
