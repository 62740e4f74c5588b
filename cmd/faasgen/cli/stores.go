package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/config"
	platform "github.com/faasgen/faasgen/framework/platform/local"
	"github.com/faasgen/faasgen/framework/platform/sim"
	"github.com/faasgen/faasgen/gen"
	"github.com/faasgen/faasgen/gen/target"
)

// stores simulates the stores that a unit's secrets refer to, with the texts that stand in for them on this machine. It returns the
// variables that lead the unit there, none if it refers to no store.
func stores(app *gen.App, tg target.Target, c sim.Cloud, unit *target.Unit, m *machine) (environment map[string]string, stop func(), err error) {
	keeper, ok := tg.(target.Keeper)
	if !ok || c.Stores == nil {
		return nil, func() {}, nil
	}
	schemes := map[string]bool{}
	for _, s := range keeper.Stores() {
		schemes[s.Scheme] = true
	}
	var once config.Once
	texts, members := map[string]string{}, map[string]map[string]string{}
	for _, s := range unit.Secrets() {
		if _, set := m.elsewhere(s.Variable); set || !schemes[s.Scheme] || config.Instead(s.Variable, m.elsewhere) {
			continue // .env has it
		}
		c, err := once.Load(&framework.Runtime{StandIn: true, Env: platform.Name, CodeDir: app.Dir})
		if err != nil {
			return nil, nil, &failure{code: exitFailed, text: err.Error()}
		}
		text, err := config.Get[config.Secret](c, s.Key)
		if err != nil {
			return nil, nil, &failure{code: exitFailed, text: fmt.Sprintf("the simulator's store needs a text for %s: %v", s.Reference(), err),
				hint: "write it into " + config.StandIn(platform.Name) + ", which no package and no commit should have"}
		}
		name, member, ok := strings.Cut(s.Reference(), "#")
		if !ok {
			texts[name] = text.Reveal()
			continue
		}
		if members[name] == nil {
			members[name] = map[string]string{}
		}
		members[name][member] = text.Reveal()
	}
	for name, object := range members {
		text, err := json.Marshal(object)
		if err != nil {
			return nil, nil, err
		}
		texts[name] = string(text)
	}
	if len(texts) == 0 {
		return nil, func() {}, nil
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, nil, fmt.Errorf("simulate the stores of secrets: %w", err)
	}
	server := &http.Server{Handler: c.Stores.Handler(sim.NewStores(texts), time.Now), ReadHeaderTimeout: 10 * time.Second}
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			return // the unit says what it misses
		}
	}()
	return c.Stores.Environment("http://" + l.Addr().String()), func() { _ = server.Close(); <-done }, nil
}
