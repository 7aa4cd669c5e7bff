// SPDX-License-Identifier: Apache-2.0

/// What makes a picture that is opened by itself zoom and search; the picture needs none of it.
///
/// It reads the frames that are there, and writes names as text only, so that no name becomes markup.
enum FlameScript {
  static func write(to svg: inout XMLWriter) {
    svg.element("script") { $0.markup("//<![CDATA[\n\(text)//]]>\n") }
  }

  static let text = #"""
    (() => {
    'use strict';
    const svg = document.currentScript.closest('svg'), space = svg.namespaceURI;
    const rows = [...svg.querySelectorAll('.strata-row')];
    const details = svg.querySelector('.strata-details');
    const frames = [];

    // The painted width is a little less than the real one: FlameLayout.painted.
    const real = w => w >= 2.4 ? w + .6 : w / .8;
    const painted = w => w >= 3 ? w - .6 : w * .8;

    // Frames run from left to right, so the one above is found in one pass over each row.
    let above = [];
    rows.forEach((row, depth) => {
      const here = [];
      let next = 0;
      for (const rect of row.querySelectorAll('rect')) {
        const x = +rect.getAttribute('x'), w = real(+rect.getAttribute('width'));
        while (next < above.length - 1 && above[next].x + above[next].w < x + w / 2) next++;
        const label = rect.nextElementSibling;
        const text = label && label.localName === 'text' ? label : null;
        const parent = above[next] || null;
        const frame = {rect, text, x, w, depth, parent, name: text ? text.textContent : '', children: []};
        if (parent) parent.children.push(frame);
        here.push(frame);
        frames.push(frame);
        rect.frame = frame;
      }
      above = here;
    });
    const root = frames[0];
    let focus = root, current = null;

    // The first line is file:line(name), or {name} for a built-in. Names have as many folders as
    // tell them apart: FlameNames.
    const lines = frame => frame.rect.textContent.split('\n');
    const names = new Map();
    for (const frame of frames) {
      const full = lines(frame)[0];
      if (names.has(full)) continue;
      const parts = /^(.*):(-?\d+)\((.*)\)( #\d+)?$/.exec(full);
      names.set(full, {parts, path: parts ? parts[1].split(/[\/\\]/).filter(part => part) : [], depth: 1});
    }
    const short = (full, entry) => !entry.parts ? full.replace(/^\{built-in method /, '{')
      : entry.parts[3] + ' \u00b7 ' + entry.path.slice(-entry.depth).join('/') + ':' + entry.parts[2]
        + (entry.parts[4] || '');
    for (let grows = true; grows;) {
      grows = false;
      const groups = new Map();
      for (const [full, entry] of names) {
        const text = short(full, entry);
        if (!groups.has(text)) groups.set(text, []);
        groups.get(text).push(entry);
      }
      for (const group of groups.values())
        for (const entry of group)
          if (group.length > 1 && entry.depth < entry.path.length) { entry.depth++; grows = true; }
    }
    // No text stands for two functions: a frame that is too narrow for one of its own has none.
    let shown = new Map();
    const label = (frame, letters) => {
      const full = lines(frame)[0], text = cut(short(full, names.get(full)), letters);
      if (!shown.has(text)) shown.set(text, full);
      return shown.get(text) === full ? text : '';
    };
    const cut = (text, letters) =>
      letters < 3 ? '' : text.length <= letters ? text : text.slice(0, letters - 1) + '\u2026';

    const make = (kind, attributes, parent) => {
      const element = document.createElementNS(space, kind);
      for (const key in attributes) element.setAttribute(key, attributes[key]);
      return parent.appendChild(element);
    };

    const place = (frame, x, w) => {
      frame.rect.setAttribute('x', x);
      frame.rect.setAttribute('width', painted(w));
      const text = focus === root || frame === root ? frame.name
        : label(frame, Math.floor((w - 6) / 6.85));
      if (text && !frame.text) {
        frame.text = document.createElementNS(space, 'text');
        frame.text.setAttribute('y', '12.5');
        frame.rect.after(frame.text);
      }
      if (!frame.text) return;
      frame.text.setAttribute('x', x + 3);
      frame.text.textContent = text;
    };

    const zoom = target => {
      focus = target;
      shown = new Map();
      const scale = root.w / target.w, ancestors = new Set();
      for (let frame = target.parent; frame; frame = frame.parent) ancestors.add(frame);
      for (const frame of frames) {
        const isAbove = ancestors.has(frame);
        frame.isInside = frame === target || !!frame.parent && frame.parent.isInside;
        const isOff = !isAbove && !frame.isInside;
        for (const element of [frame.rect, frame.text]) {
          if (!element) continue;
          element.classList.toggle('strata-off', isOff);
          element.classList.toggle('strata-above', isAbove);
        }
        if (isAbove) place(frame, root.x, root.w);
        else if (!isOff) place(frame, root.x + (frame.x - target.x) * scale, frame.w * scale);
      }
      reset.classList.toggle('strata-off', target === root);
    };

    const tell = frame => {
      if (!frame) return void (details.textContent = found);
      // Of a long path the end is kept, and all figures.
      const [full, ...figures] = lines(frame), rest = ' \u00b7 ' + figures.join(' \u00b7 ');
      const room = Math.max(20, Math.floor((root.w - 290) / 6.4) - rest.length);
      details.textContent = (full.length <= room ? full : '\u2026' + full.slice(1 - room)) + rest;
    };
    const select = frame => {
      if (current) current.rect.classList.remove('strata-current');
      current = frame;
      if (!frame) return;
      frame.rect.classList.add('strata-current');
      tell(frame);
    };

    let found = '';
    const search = query => {
      let pattern = null;
      try { pattern = new RegExp(query, 'i'); } catch {
        pattern = new RegExp(query.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'i');
      }
      let count = 0, width = 0;
      for (const frame of frames) {
        const isHidden = frame.rect.classList.contains('h');
        const isHit = !!query && frame !== root && !isHidden && pattern.test(lines(frame)[0]);
        frame.rect.classList.toggle('strata-hit', isHit);
        // A match below a match is no more time.
        frame.isCounted = isHit || !!frame.parent && frame.parent.isCounted;
        if (isHit) count++;
        if (frame.isCounted && !(frame.parent && frame.parent.isCounted)) width += frame.w;
      }
      svg.classList.toggle('strata-searching', !!query);
      found = !query ? '' : count + (count === 1 ? ' frame matches, ' : ' frames match, ')
        + (100 * width / root.w).toFixed(1) + ' % of the time';
      tell(null);
    };

    const button = (label, right, width, action) => {
      const y = +details.getAttribute('y');
      const group = make('g', {class: 'strata-button', role: 'button', tabindex: 0}, svg);
      make('rect', {x: right - width, y: y - 15, width, height: 21, rx: 4}, group);
      make('text', {x: right - width / 2, y, 'text-anchor': 'middle'}, group).textContent = label;
      group.addEventListener('click', action);
      group.addEventListener('keydown', event => {
        if (event.key !== 'Enter' && event.key !== ' ') return;
        event.preventDefault();
        event.stopPropagation();
        action();
      });
      return group;
    };
    const right = root.x + root.w;
    const reset = button('Reset zoom', right - 172, 90, () => { zoom(root); select(null); });
    const box = make('foreignObject', {
      x: right - 164, y: +details.getAttribute('y') - 16, width: 164, height: 24}, svg);
    const input = document.createElementNS('http://www.w3.org/1999/xhtml', 'input');
    input.setAttribute('type', 'search');
    input.setAttribute('placeholder', 'Search (Ctrl-F)');
    input.setAttribute('aria-label', 'Search functions by a regular expression');
    input.setAttribute('style', 'box-sizing:border-box;width:100%;height:22px;font:12px sans-serif;'
      + 'color-scheme:light dark');
    box.append(input);
    input.addEventListener('input', () => search(input.value));
    input.addEventListener('keydown', event => {
      event.stopPropagation();
      if (event.key === 'Escape') { input.value = ''; search(''); input.blur(); svg.focus(); }
      if (event.key === 'Enter') { input.blur(); svg.focus(); }
    });

    const sibling = (frame, step) => {
      const all = frame.parent ? frame.parent.children : [frame];
      return all[all.indexOf(frame) + step] || frame;
    };
    const keys = {
      ArrowUp: frame => frame.parent || frame,
      ArrowDown: frame => frame.children[0] || frame,
      ArrowLeft: frame => sibling(frame, -1),
      ArrowRight: frame => sibling(frame, 1),
    };
    svg.addEventListener('keydown', event => {
      if (event.key === '/' || event.key === 'f' && (event.ctrlKey || event.metaKey)) {
        input.focus();
        input.select();
      } else if (event.ctrlKey || event.metaKey || event.altKey) {
        return;
      } else if (keys[event.key]) {
        select(current ? keys[event.key](current) : focus);
      } else if (event.key === 'Enter' || event.key === ' ') {
        if (current) zoom(current);
      } else if (event.key === 'Escape') {
        if (input.value) { input.value = ''; search(''); } else { zoom(root); select(null); }
      } else {
        return;
      }
      event.preventDefault();
    });
    svg.addEventListener('click', event => {
      const frame = event.target.frame;
      if (!frame) return;
      select(null);
      zoom(frame);
    });
    svg.addEventListener('pointerover', event => tell(event.target.frame || current));

    details.setAttribute('aria-live', 'polite');
    svg.setAttribute('role', 'application');
    svg.setAttribute('tabindex', '0');
    svg.classList.add('strata-live');
    reset.classList.add('strata-off');
    })();

    """#
}
