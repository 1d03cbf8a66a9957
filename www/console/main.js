document.body.append("…");
