// In a hidden frame of our own page: tells it what Keycloak sent the frame back with.
parent.postMessage(location.href, location.origin)
