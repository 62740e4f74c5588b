package platform

import "github.com/faasgen/faasgen/framework"

// CORSVariable is the environment variable that says who answers pages of other origins where the vendor can do it: framework, as
// functions of the unit want different answers and the vendor has one for all of them; without it the vendor does. Deployment
// files write it.
const CORSVariable = "FAAS_CORS"

// AnswersCORS reports whether the framework answers pages of other origins in place of the vendor.
func AnswersCORS(rt *framework.Runtime) bool {
	if rt == nil {
		return false
	}
	who, _ := rt.LookupEnv(CORSVariable)
	return who == "framework"
}
