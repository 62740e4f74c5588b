// Package catalog is an existing application of gin, mounted as it is.
package catalog

import (
	"io"
	"net/http"

	"github.com/gin-gonic/gin"
)

// New returns the application. Nothing in it knows of functions or clouds.
//
//faas:handler catalog
//faas:http ANY /catalog/*
func New() http.Handler {
	gin.SetMode(gin.ReleaseMode)
	r := gin.New()
	r.GET("/catalog/books/:id", func(c *gin.Context) {
		c.JSON(http.StatusOK, gin.H{"id": c.Param("id"), "title": "The Go Programming Language"})
	})
	r.GET("/catalog/changes", func(c *gin.Context) {
		left := 3
		c.Stream(func(io.Writer) bool {
			c.SSEvent("change", gin.H{"left": left})
			left--
			return left > 0
		})
	})
	return r
}
