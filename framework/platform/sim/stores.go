package sim

import (
	"net/http"
	"slices"
	"sync"
	"time"
)

// Stores are what an account keeps in the vendor's stores of secrets, for the handler that each cloud's folder makes of them. They may
// change while the handler runs.
type Stores struct {
	mu       sync.Mutex
	texts    map[string]string
	denied   map[string]bool
	failures int
	requests []string
}

// NewStores keeps texts by reference, such as ssm:/shop/token.
func NewStores(texts map[string]string) *Stores {
	s := &Stores{texts: map[string]string{}, denied: map[string]bool{}}
	for reference, text := range texts {
		s.Set(reference, text)
	}
	return s
}

// Set keeps a text.
func (s *Stores) Set(reference, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.texts[reference] = text
}

// Deny lets no role read what a reference leads to.
func (s *Stores) Deny(reference string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.denied[reference] = true
}

// Throttle refuses the next requests as too many.
func (s *Stores) Throttle(requests int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failures = requests
}

// Requests are the requests that were answered so far, refused ones too, each with the names that it was for: "GetParameters /a /b".
func (s *Stores) Requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// Note records a request. It reports true for one that is to be refused as one of too many.
func (s *Stores) Note(request string) (throttled bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = append(s.requests, request)
	if s.failures > 0 {
		s.failures--
		return true
	}
	return false
}

// Find is the text of a reference, whether there is one, and whether the role may read it.
func (s *Stores) Find(reference string) (text string, found, allowed bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	text, found = s.texts[reference]
	return text, found, !s.denied[reference]
}

// StoresAPI makes the handler of a cloud's stores, which checks signatures, and the variables that lead a unit's requests to it.
type StoresAPI struct {
	Handler     func(s *Stores, now func() time.Time) http.Handler
	Environment func(url string) map[string]string
}
