package grouping_test

import (
	"encoding/json"
	"fmt"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/adapter"
	"github.com/faasgen/faasgen/framework/call"
	"github.com/faasgen/faasgen/framework/call/carry"
	"github.com/faasgen/faasgen/framework/trigger/event"
)

// message is the input and the result of typed calls, which generated code copies within a unit.
type message struct {
	Text  string            `json:"text"`
	Parts []string          `json:"parts,omitempty"`
	Next  *message          `json:"next"`
	Notes map[string]string `json:"notes"`
	Out   string            `json:"-"`
}

func carryMessage(v *message) bool {
	*v = message{Text: v.Text, Parts: v.Parts, Next: v.Next, Notes: v.Notes}
	return carry.Text(&v.Text) && carry.SliceOrNil(&v.Parts, carry.Text) && carryMessagePointer(&v.Next) && carry.Map(&v.Notes, carry.Text)
}

func carryMessagePointer(v **message) bool { return carry.Pointer(v, carryMessage) }

// newMessage is one that shares text in each way that JSON knows.
func newMessage(text string) message {
	m := message{Text: text, Parts: []string{text, "ü"}, Notes: map[string]string{"text": text}, Out: "not JSON"}
	m.Next = &message{Text: "next", Parts: []string{}}
	return m
}

// show is a message with what is not JSON in it.
func show(m *message) string {
	if m == nil {
		return "nil"
	}
	b, err := json.Marshal(m)
	next := "nil"
	if m.Next != nil {
		next = fmt.Sprintf("%t %t", m.Next.Parts == nil, m.Next.Notes == nil)
	}
	return fmt.Sprintf("%s %v out=%q parts=%t notes=%t next=%s", b, err, m.Out, m.Parts == nil, m.Notes == nil, next)
}

// spoil changes all that a message points to.
func spoil(m *message) {
	if m == nil {
		return
	}
	for i := range m.Parts {
		m.Parts[i] = "#"
	}
	for k := range m.Notes {
		m.Notes[k] = "#"
	}
	m.Text = "#"
	spoil(m.Next)
}

// doTyped makes a call in the way of a generated client.
func (c *container) doTyped(ctx *framework.Context, k calling, o call.Options) (text string, err error) {
	in := newMessage(k.payload)
	before := show(&in)
	out, err := call.Do[message, *message](ctx, c.client, k.function, in, o, carryMessage, carryMessagePointer)
	text = "result " + show(out)
	if after := show(&in); after != before {
		text += ", and the input is " + after
	}
	spoil(out)
	return text, err
}

// takeTyped takes the input in the way of a generated adapter.
func (c *container) takeTyped(ctx *framework.Context, f *function) error {
	if ctx.Call() == nil {
		return nil
	}
	var in message
	if !adapter.Called(ctx, &in) {
		e, err := adapter.Event[[]byte](ctx)
		if err != nil {
			return err
		}
		if err := event.Decode(e, &in); err != nil {
			return err
		}
	}
	c.world.note("%s takes %s", f.name, show(&in))
	spoil(&in)
	return nil
}

// keepTyped is a result that the function has, too; it says when that of the last time was changed.
func (c *container) keepTyped(f *function, text string) *message {
	m := newMessage(text)
	c.mu.Lock()
	defer c.mu.Unlock()
	if old, ok := c.messages[f.name]; ok && show(old.message) != old.text {
		c.world.note("the message that %s has kept is %s", f.name, show(old.message))
	}
	c.messages[f.name] = keptMessage{&m, show(&m)}
	return &m
}

type keptMessage struct {
	message *message
	text    string
}
