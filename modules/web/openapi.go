package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"

	"blueline/modules/metric"
)

const schemaPrefix = "#/components/schemas/"

// openAPI is the document of the API in JSON and YAML. It is the same for every site.
var openAPI = sync.OnceValues(func() (map[string][]byte, error) {
	doc := newOpenAPI()
	asJSON, err := json.MarshalIndent(doc, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("OpenAPI document: %w", err)
	}
	asYAML, err := doc.YAML()
	if err != nil {
		return nil, fmt.Errorf("OpenAPI document: %w", err)
	}
	return map[string][]byte{".json": asJSON, ".yaml": asYAML}, nil
})

func (s *server) showOpenAPI(w http.ResponseWriter, r *http.Request) error {
	documents, err := openAPI()
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	extension := ".json"
	if strings.HasSuffix(r.URL.Path, ".yaml") {
		extension = ".yaml"
		w.Header().Set("Content-Type", "application/yaml")
	}
	w.Write(documents[extension]) // fails only if the client has left
	return nil
}

// newOpenAPI describes the endpoints. The schemas of their answers follow from the types.
func newOpenAPI() *huma.OpenAPI {
	registry := huma.NewMapRegistry(schemaPrefix, func(t reflect.Type, hint string) string {
		return strings.TrimPrefix(huma.DefaultSchemaNamer(t, hint), "API")
	})
	doc := &huma.OpenAPI{
		OpenAPI: "3.1.0",
		Info: &huma.Info{Title: "Blueline", Version: "1",
			Description: "Hockey statistics and percentile ranks. Seasons are written 20262027, times are in seconds, percentages are fractions, and null is unknown.",
			License:     &huma.License{Name: "MIT (the program; the data is the NHL's)", Identifier: "MIT"}},
		Servers:    []*huma.Server{{URL: "/"}},
		Paths:      map[string]*huma.PathItem{},
		Components: &huma.Components{Schemas: registry},
	}
	problem := registry.Schema(reflect.TypeFor[Problem](), true, "")
	for _, e := range endpoints {
		op := &huma.Operation{OperationID: e.ID, Summary: e.Summary, Method: http.MethodGet, Path: e.Pattern(), Responses: map[string]*huma.Response{
			"200": {Description: "The response.", Headers: rateHeaders(), Content: map[string]*huma.MediaType{"application/json": {Schema: registry.Schema(e.answerType, true, e.ID)}}},
			"304": {Description: "The response has not changed since the one whose ETag is in If-None-Match."},
		}}
		for status, about := range map[int]string{400: "A parameter is wrong.", 404: "Nothing is stored at this address.", 429: "Too many requests in a minute; Retry-After says how long to wait.",
			503: "The database is unavailable."} {
			op.Responses[strconv.Itoa(status)] = &huma.Response{Description: about, Content: map[string]*huma.MediaType{"application/problem+json": {Schema: problem}}}
		}
		for _, p := range e.Params() {
			op.Parameters = append(op.Parameters, p.openAPI())
		}
		doc.AddOperation(op)
	}
	for name, schema := range registry.Map() {
		finish(schema, registry, name)
	}
	return doc
}

func rateHeaders() map[string]*huma.Header {
	number := &huma.Schema{Type: huma.TypeInteger}
	return map[string]*huma.Header{
		"ETag":                {Description: "Version of the response, for If-None-Match.", Schema: &huma.Schema{Type: huma.TypeString}},
		"RateLimit-Limit":     {Description: "Requests per minute.", Schema: number},
		"RateLimit-Remaining": {Description: "Requests left now.", Schema: number},
		"RateLimit-Reset":     {Description: "Seconds until the full number of requests is available again.", Schema: number},
	}
}

func (p param) openAPI() *huma.Param {
	described := &huma.Param{Name: p.Name, In: "query", Description: p.About, Example: p.Example, Required: p.Required,
		Schema: &huma.Schema{Type: huma.TypeString, Pattern: p.Pattern}}
	if p.Required {
		described.In = "path"
	}
	for _, value := range p.Values {
		described.Schema.Enum = append(described.Schema.Enum, value)
	}
	return described
}

// finish adds what huma cannot derive from the types: descriptions of the registry, lists that are never null, and objects that
// can be.
func finish(s *huma.Schema, registry huma.Registry, name string) {
	for key, property := range s.Properties {
		if m, err := metric.Get(key); err == nil && property.Description == "" {
			property.Description = definitionOf(m)
		}
		if property.Type == huma.TypeArray {
			property.Nullable = false
		}
		if nullable(registry.TypeFromRef(schemaPrefix+name), key) && property.Type == "" {
			either := &huma.Schema{Ref: property.Ref, OneOf: property.OneOf}
			s.Properties[key] = &huma.Schema{Description: property.Description, AnyOf: []*huma.Schema{either, {Type: "null"}}}
		}
	}
}

// nullable reports whether a field of an answer is a pointer that is not left out when it is nil.
func nullable(t reflect.Type, key string) bool {
	if t == nil {
		return false
	}
	for _, f := range reflect.VisibleFields(t) {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == key && options == "" {
			return f.Type.Kind() == reflect.Pointer
		}
	}
	return false
}
