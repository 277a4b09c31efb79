// The description is beside this page, under whatever host and stage both were called.
SwaggerUIBundle({
    url: location.pathname.replace(/docs\/?$/, "schema"),
    dom_id: "#docs",
    docExpansion: "list",
    defaultModelsExpandDepth: 0,
    displayRequestDuration: true,
    validatorUrl: null,
});
