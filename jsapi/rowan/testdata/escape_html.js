assert.equal(Rowan.escapeHTML(`<a href="x" id='y'>&amp;</a>`), "&lt;a href=&quot;x&quot; id=&#x27;y&#x27;&gt;&amp;amp;&lt;/a&gt;");
assert.equal(Rowan.escapeHTML("plain é €"), "plain é €");
assert.equal(Rowan.escapeHTML(""), "");
assert.equal(Rowan.escapeHTML(12), "12");
