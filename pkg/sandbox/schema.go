package sandbox

import (
	"net/http"
	"regexp"
	"strings"
)

// getRoot answers the list of collections, by name and URL, as Divio's documentation shows.
func getRoot(c *call) (answer, error) {
	out := object{}
	for _, r := range c.routes.known {
		name, isChild := strings.CutPrefix(r.path, root)
		name = strings.TrimSuffix(name, "/")
		if isChild && name != "" && r.method == http.MethodGet && !strings.Contains(name, "/") {
			out[name] = c.base + r.path
		}
	}
	return ok(out)
}

var pathVariable = regexp.MustCompile(`\{(\w+)\}`)

// getSchema answers an OpenAPI document with the paths that this sandbox serves, so
// that a client can read how actions are spelled. It describes no bodies. JSON is also
// YAML, so one text is valid in both formats.
func getSchema(c *call) (answer, error) {
	paths := map[string]object{}
	for _, r := range c.routes.known {
		if r.id == "" {
			continue
		}
		if paths[r.path] == nil {
			paths[r.path] = object{}
		}
		parameters := []object{}
		for _, match := range pathVariable.FindAllStringSubmatch(r.path, -1) {
			parameters = append(parameters, object{"in": "path", "name": match[1], "required": true, "schema": object{"type": "string"}})
		}
		tag, _, _ := strings.Cut(strings.TrimPrefix(r.path, root), "/")
		paths[r.path][strings.ToLower(r.method)] = object{
			"operationId": r.id,
			"tags":        []string{tag},
			"parameters":  parameters,
			"responses":   object{"default": object{"description": ""}},
		}
	}
	text, err := encodeBody(object{
		"openapi": "3.0.3",
		"info":    object{"title": "Divio Cloud API - Applications management (sandbox)", "version": "v3 (v3)"},
		"paths":   paths,
	})
	contentType := "application/vnd.oai.openapi"
	if c.query.Get("format") == "json" || strings.Contains(c.request.Header.Get("Accept"), "json") {
		contentType = "application/vnd.oai.openapi+json"
	}
	return answer{status: http.StatusOK, body: rawBody{contentType, string(text)}}, err
}
