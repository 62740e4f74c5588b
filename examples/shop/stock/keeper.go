package stock

import (
	"context"
	"encoding/json"
	"log/slog"

	"github.com/faasgen/faasgen/framework/trigger/event"
	"github.com/faasgen/faasgen/framework/trigger/kafka"
)

// Keeper works in the warehouse.
type Keeper struct {
	Shelf Shelf        //faas:inject
	Log   *slog.Logger //faas:inject
}

// One names a product.
type One struct {
	ID string `path:"id" json:"id"`
}

// Left says how many there are of a product.
type Left struct {
	Product string `json:"product"`
	Left    int    `json:"left"`
}

// Get says how many there are.
//
//faas:handler stock-get
//faas:http GET /stock/{id}
func (k *Keeper) Get(ctx context.Context, in One) (Left, error) {
	all, err := k.Shelf.All(ctx)
	return Left{Product: in.ID, Left: all[in.ID]}, err
}

// Move is items that come, or go with a count below 0.
type Move struct {
	Product string `json:"product"`
	Count   int    `json:"count"`
}

// Reserve takes what was ordered off the shelf.
//
//faas:handler stock-reserve
//faas:mq queue=orders batch=10
func (k *Keeper) Reserve(ctx context.Context, in Move) (Left, error) {
	left, err := k.Shelf.Add(ctx, in.Product, -in.Count)
	return Left{Product: in.Product, Left: left}, err
}

// Moved follows what the warehouse writes, many records at once.
//
//faas:handler stock-moved
//faas:kafka topic=moves group=shop batch=100
func (k *Keeper) Moved(ctx context.Context, records []kafka.Record) (int, error) {
	for i, r := range records {
		var m Move
		if err := json.Unmarshal(r.Value, &m); err != nil {
			return i, err
		}
		if _, err := k.Shelf.Add(ctx, m.Product, m.Count); err != nil {
			return i, err
		}
	}
	return len(records), nil
}

// Low is told by the warehouse that something runs out.
//
//faas:handler stock-low
//faas:event source=shop.warehouse type=low
func (k *Keeper) Low(ctx context.Context, e event.Event) (string, error) {
	k.Log.WarnContext(ctx, "runs out", "what", e.Subject)
	return "ordered more of " + e.Subject, nil
}

// Count tells colleagues what there is. Nothing but its name calls it.
//
//faas:handler stock-count
func (k *Keeper) Count(ctx context.Context) (map[string]int, error) { return k.Shelf.All(ctx) }
