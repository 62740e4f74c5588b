package wiring

// A pass is one step of Solve: it reads what earlier passes found out, and adds to it. What it declares here is compared
// with what its code does by a test, so that the list below is the order of Solve and the reason for it.
type pass struct {
	// name is that of the method.
	name string
	// reads are the facts that it looks at, adds those that it leaves. It may report mistakes without saying so.
	reads, adds []fact
	// when says whether it runs at all; nil is always.
	when func(*solver) bool
	run  func(*solver)
}

// A fact is something that passes find out. What becomes of a fact that a later pass changes has a name of its own, and takes
// its place: nothing reads the edges without their decorators once there are decorators. A few grow: two passes add to them.
type fact string

const (
	// reports are the diagnostics so far: there from the start, and added to by every pass.
	reports fact = "reports"

	// declaredNodes has a node for each provider of the model.
	declaredNodes fact = "declared nodes"
	// providerNodes are those without duplicates, in the order of providers.
	providerNodes fact = "provider nodes"
	// replacedProviders are those of components whose place one of the application takes.
	replacedProviders fact = "replaced providers"
	// makers are the providers of the model's middleware, aspects, layers and configurations after that.
	makers fact = "makers"
	// roles says which providers are makers, and of what.
	roles fact = "roles"
	// typeIndex finds providers by what they make.
	typeIndex fact = "type index"

	// groupOffers are the providers by the groups that they are offered to, and the groups by what is injected of them.
	groupOffers fact = "group offers"
	// groupRequests are the dependencies on each group. It grows with the instances.
	groupRequests fact = "group requests"
	// groupLists are the members of the lists in f.yml.
	groupLists fact = "group lists"
	// listedMembers are the providers that a list names, in f.yml or in a directive. It grows as directives are resolved.
	listedMembers fact = "listed members"

	// instances are the nodes that generic providers made for dependencies, and those that they could not make. It grows as
	// dependencies are resolved.
	instances fact = "instances"
	// inputValidator is the edge to what checks inputs.
	inputValidator fact = "input validator"
	// resolvedEdges are the edges of the nodes, one for each dependency.
	resolvedEdges fact = "resolved edges"
	// groupSlices are the nodes of groups as they are injected.
	groupSlices fact = "group slices"
	// callerNodes are the nodes that call functions.
	callerNodes fact = "caller nodes"
	// emptyGroups are the dependencies on a list without members.
	emptyGroups fact = "empty groups"
	// unresolvedDeps are the dependencies that nothing provides, or too many do.
	unresolvedDeps fact = "unresolved dependencies"
	// allNodes are providers, the instances that something took, and slices, in the order of providers.
	allNodes fact = "all nodes"
	// matchedAspects are the aspects around the methods of each interface that something is injected as.
	matchedAspects fact = "matched aspects"

	// roots are the nodes that functions, configurations and layers need themselves.
	roots fact = "roots"
	// dependents says of each node that a function reaches what needs it first.
	dependents fact = "dependents"
	// unexplainedDeps are the unresolved dependencies but those on instances that cannot be.
	unexplainedDeps fact = "unexplained dependencies"
	// missingDeps are those of them that are mistakes of the application.
	missingDeps fact = "missing dependencies"

	// decoratedEdges are the edges, through decorators where aspects are around what they lead to.
	decoratedEdges fact = "decorated edges"
	// nodeOrder is the graph's order of all nodes and decorators.
	nodeOrder fact = "node order"
	// nodeNames are the identifiers of the nodes.
	nodeNames fact = "node names"
	// functionCalls are the calls of the functions in the graph.
	functionCalls fact = "function calls"
	// functionVariants are the nodes that are made for single functions, in the graph.
	functionVariants fact = "function variants"
	// configurationParts are the nodes that the application's configuration takes and functions do, too.
	configurationParts fact = "configuration parts"
)

// passes are the steps of Solve in their order.
func passes() []pass {
	type list = []fact
	return []pass{
		// What there is.
		{
			name: "declareNodes", run: (*solver).declareNodes,
			adds: list{declaredNodes},
		}, {
			name: "dropDuplicates", run: (*solver).dropDuplicates,
			reads: list{declaredNodes},
			adds:  list{providerNodes, replacedProviders},
		}, {
			name: "replaceMakers", run: (*solver).replaceMakers,
			reads: list{replacedProviders},
			adds:  list{makers},
		}, {
			name: "findRoles", run: (*solver).findRoles,
			reads: list{makers},
			adds:  list{roles},
		}, {
			name: "indexTypes", run: (*solver).indexTypes,
			reads: list{providerNodes},
			adds:  list{typeIndex},
		}, {
			name: "findGroups", run: (*solver).findGroups,
			reads: list{providerNodes},
			adds:  list{groupOffers, groupRequests},
		}, {
			name: "readGroupLists", run: (*solver).readGroupLists,
			reads: list{providerNodes, groupOffers},
			adds:  list{groupLists, listedMembers},
		},
		// What needs what.
		{
			name: "markRoots", run: (*solver).markRoots,
			reads: list{providerNodes, makers},
			adds:  list{roots},
		}, {
			name: "findValidator", run: (*solver).findValidator,
			reads: list{providerNodes, typeIndex, groupOffers, groupRequests, roots},
			adds:  list{inputValidator, roots, instances, groupRequests},
		}, {
			name: "resolveEdges", run: (*solver).resolveEdges,
			reads: list{providerNodes, typeIndex, groupOffers, groupRequests, groupLists, listedMembers, instances, roots, reports},
			adds:  list{resolvedEdges, instances, groupRequests, groupSlices, callerNodes, listedMembers, emptyGroups, unresolvedDeps},
		}, {
			name: "gatherNodes", run: (*solver).gatherNodes,
			reads: list{providerNodes, instances, groupSlices, callerNodes, resolvedEdges},
			adds:  list{allNodes},
		}, {
			name: "matchAspects", run: (*solver).matchAspects,
			reads: list{allNodes, resolvedEdges, makers, unresolvedDeps},
			adds:  list{matchedAspects},
		}, {
			name: "findDependents", run: (*solver).findDependents,
			reads: list{allNodes, resolvedEdges, matchedAspects, roots, makers, providerNodes},
			adds:  list{dependents},
		},
		// What is wrong with it.
		{
			name: "reportEmptyGroups", run: (*solver).reportEmptyGroups,
			reads: list{emptyGroups, groupOffers, groupRequests, groupLists, dependents},
		}, {
			name: "reportRefusedInstances", run: (*solver).reportRefusedInstances,
			reads: list{unresolvedDeps, instances, dependents},
			adds:  list{unexplainedDeps},
		}, {
			name: "suppressFollowUps", run: (*solver).suppressFollowUps,
			reads: list{unexplainedDeps, dependents},
			adds:  list{missingDeps},
		}, {
			name: "reportUnresolved", run: (*solver).reportUnresolved,
			reads: list{missingDeps, allNodes, groupOffers, dependents, reports},
		}, {
			name: "reportCycles", run: (*solver).reportCycles,
			reads: list{allNodes, resolvedEdges, reports},
		}, {
			name: "reportAspectCycles", run: (*solver).reportAspectCycles,
			reads: list{matchedAspects, resolvedEdges, makers, providerNodes},
		}, {
			name: "reportScopes", run: (*solver).reportScopes,
			reads: list{allNodes, resolvedEdges, roles, reports},
		}, {
			name: "reportAspectScopes", run: (*solver).reportAspectScopes,
			reads: list{allNodes, resolvedEdges, matchedAspects, makers},
		}, {
			name: "reportLayerConfigs", run: (*solver).reportLayerConfigs,
			reads: list{allNodes},
		},
		// The graph.
		{
			name: "decorateEdges", run: (*solver).decorateEdges, when: (*solver).sound,
			reads: list{allNodes, resolvedEdges, matchedAspects, makers, providerNodes, missingDeps, reports},
			adds:  list{decoratedEdges},
		}, {
			name: "orderNodes", run: (*solver).orderNodes,
			reads: list{allNodes, decoratedEdges},
			adds:  list{nodeOrder},
		}, {
			name: "noteUnusedComponents", run: (*solver).noteUnusedComponents, when: (*solver).complete,
			reads: list{nodeOrder, decoratedEdges, inputValidator, makers, missingDeps, reports},
		}, {
			name: "noteUnusedMiddleware", run: (*solver).noteUnusedMiddleware, when: (*solver).complete,
			reads: list{missingDeps, reports},
		}, {
			name: "noteUnusedGroups", run: (*solver).noteUnusedGroups, when: (*solver).complete,
			reads: list{groupLists, groupRequests, missingDeps, reports},
		}, {
			name: "noteUnusedGenerics", run: (*solver).noteUnusedGenerics, when: (*solver).complete,
			reads: list{instances, dependents, missingDeps, reports},
		}, {
			name: "noteUnusedProviders", run: (*solver).noteUnusedProviders, when: (*solver).complete,
			reads: list{allNodes, dependents, listedMembers, roles, missingDeps, reports},
		}, {
			name: "nameNodes", run: (*solver).nameNodes,
			reads: list{nodeOrder, callerNodes, decoratedEdges},
			adds:  list{nodeNames},
		}, {
			name: "addVariants", run: (*solver).addVariants, when: (*solver).complete,
			reads: list{nodeOrder, nodeNames, decoratedEdges, inputValidator, makers, roles, missingDeps, reports},
			adds:  list{functionVariants},
		}, {
			name: "findParts", run: (*solver).findParts, when: (*solver).complete,
			reads: list{inputValidator, makers, functionVariants, missingDeps, reports},
			adds:  list{configurationParts},
		}, {
			name: "findCalls", run: (*solver).findCalls, when: (*solver).complete,
			reads: list{callerNodes, inputValidator, makers, functionVariants, configurationParts, missingDeps, reports},
			adds:  list{functionCalls},
		}, {
			name: "reportCalls", run: (*solver).reportCalls, when: (*solver).complete,
			reads: list{callerNodes, functionCalls, inputValidator, makers, functionVariants, configurationParts, dependents, missingDeps, reports},
		},
	}
}
