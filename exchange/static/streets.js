/* The map over streets: Leaflet, the tiles that the operator named, and the places of the search. */
"use strict";

(() => {
  const box = document.getElementById("streets");
  if (!box || !window.L || !window.fetch) return;
  const told = document.getElementById("streets-told");
  const { tiles, places, closer, further, list, none, away } = box.dataset;
  const FOCUSABLE = 300; /* the busiest places are reached with the tab key; more would be an endless walk */
  const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  box.replaceChildren();

  const map = L.map(box, {
    attributionControl: false, /* stands below the map, in the reader's language */
    zoomControl: false,
    fadeAnimation: !still,
    zoomAnimation: !still,
    markerZoomAnimation: !still,
    inertia: !still,
    worldCopyJump: true,
    preferCanvas: true,
  }).setView([50, 10], 4);
  L.control.zoom({ zoomInTitle: closer, zoomOutTitle: further }).addTo(map);
  L.tileLayer(tiles, { maxZoom: 18, referrerPolicy: "strict-origin-when-cross-origin" }).addTo(map);

  const size = (place) => Math.min(44, 22 + 6 * Math.sqrt(place.practices));

  function popup({ name, words, list: href }) {
    const told = document.createElement("div");
    const title = document.createElement("strong");
    title.textContent = name;
    const lead = document.createElement("a");
    lead.href = href;
    lead.textContent = list;
    const line = document.createElement("p");
    line.append(words, document.createElement("br"), lead);
    told.append(title, line);
    return told;
  }

  function marker({ geometry, properties }, n) {
    const at = [geometry.coordinates[1], geometry.coordinates[0]];
    const said = `${properties.name}: ${properties.words}`;
    if (n >= FOCUSABLE) {
      return L.circleMarker(at, { radius: 6, weight: 1.5, color: "#fff", fillColor: "#0b5d46", fillOpacity: 0.9 })
        .bindTooltip(said);
    }
    const across = size(properties);
    const face = document.createElement("span");
    face.textContent = properties.practices || "";
    const icon = L.divIcon({ className: "streets-place", html: face, iconSize: [across, across] });
    return L.marker(at, { icon, title: said, alt: said, riseOnHover: true });
  }

  fetch(places, { headers: { Accept: "application/geo+json" } })
    .then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(String(answer.status)))))
    .then(({ features }) => {
      const made = features.map((one, n) => marker(one, n).bindPopup(() => popup(one.properties)));
      const group = L.featureGroup(made).addTo(map);
      if (made.length) map.fitBounds(group.getBounds().pad(0.1), { maxZoom: 11, animate: false });
      else told.textContent = none;
      for (const one of made) if (one.getElement) one.getElement()?.setAttribute("aria-label", one.options.alt);
    })
    .catch(() => {
      told.textContent = away;
    });
})();
