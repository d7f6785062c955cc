// Package clone holds the internal API group "clone": structured clones, after the HTML Standard, section Safe passing of structured
// data (https://html.spec.whatwg.org/multipage/structured-data.html).
//
// It is all script, and makes of any value plain data that package value can carry to another context. Beyond the standard, an
// error's stack and cause are cloned. SharedArrayBuffers are refused, since contexts share no memory. A Proxy is refused as what is exotic.
package clone
