import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';

const MONITOR = 'http://127.0.0.1:8080';

/**
 * uPlot asks as it runs whether there is a legend, a scale that is not linear, a format of time, lines with times of
 * their own, a time that runs downwards or bands between lines. Our charts have none of them, place their own ticks and
 * hang no parts on it: 7 kB of 23 gzipped that nobody uses. In another release whose lines read differently nothing is
 * cut, and nothing breaks.
 */
const UNUSED_OF_UPLOT = [
  [
    /^\s*(?:\(paths\.(?:stepped|bars|spline)\s*=\s*\w+\)|uPlot\.(?:join|fmtDate|fmtNum|tzDate|rangeNum|rangeLog|rangeAsinh|addGap|clipGaps|orient)\s*=\s*\w+);$/gm,
    '',
  ],
  [/(?<=const showLegend = )legend\.show\b/g, 'false'],
  [/\blegend\.(?:live|show)\b(?! =)/g, 'false'],
  [/(?<![.\w])mode == 2\b/g, 'false'],
  [/(?<![.\w])mode == 1\b/g, 'true'],
  [/\b(?:(?:scaleX|scale|wsc|sc)\.d|d|xScaleD)istr\s*(?:==\s*(?:2|3|4|100)|>= 3)(?!\d)/g, 'false'],
  [/\btime(?:Axis|Series)Vals?\(_tzDate, (?:time\w+Stamps?\(.*, _fmtDate\)|av)\)/g, 'retNull'],
  [/(?<![.\w])(?:isTime|scales\[s\.scale\]\.time)\b(?! =)/g, 'false'],
  [/= genTimeStuffs\(.*\)/g, '= []'],
  [/\(ms == 1 \? timeAxisSplits.*\)/, 'null'],
  [/\(opts\.fmtDate \|\| fmtDate\)/, 'null'],
  [/(?<![.\w])scaleX\.ori == 0/g, 'true'],
  [/(?<![.\w])scaleX\.ori == 1/g, 'false'],
  [/^\tself\.(?:addSeries|delSeries|batch|(?:add|set|del)Band|setSelect|setSeries|setScale|setLegend) = \w+;$/gm, ''],
  [/\bflags != 0 && bands\.forEach/g, 'false && bands.forEach'],
  [/(?<=function bandFillClipDirs\(self, seriesIdx\) \{)/g, 'return [0, 0];'],
  [/\b(days|months)\.map\(slice3\)/g, '$1'],
  [/(?<=const (?:localTz|numFormatter) = )new Intl.*;$/gm, 'null;'],
  [/(?<=const cursorFocus = )focus\.prox >= 0/, 'false'],
  [/(?<=const cursorOnePt = )cursorFocus && points\.one/, 'false'],
  [/\bcursorFocus(?! =)/g, 'false'],
  [/\bcursorOnePt(?! =)/g, 'false'],
  [/\b(?:uni|getBBox|axis\.label|scaleOpts\.from|wsc\.from|sc\.from) != null/g, 'false'],
  [/\b(?:wsc|sc)\.from == null/g, 'true'],
  [/\bcursor\.lock\b/g, 'false'],
  [/(?<=\bif \()cursor\._lock(?=\))/g, 'false'],
  [/(?<=\bif \()bandClip(?=\))|(?<=\|\| )bandClip\b/g, 'false'],
  [/\bseries\.fill != null \|\| bandFillDir != 0|\bbandClipDir != 0/g, 'false'],
  [/(?<=s\.fillTo = fnOrSelf\()s\.fillTo \|\| seriesFillTo/, 'null'],
  [/(?<=return \()sx\.ori == 0/, 'true'],
  [/(?<=const rect = )ori == 0 \? rectH : rectV/, 'rectH'],
  [/\brangeNum\(dataMin, dataMax, .*\);/g, 'nullNullTuple;'],
  [/\[_min, _max\] = rangeNum\(_min, _max, rangePad, true\)/, '0'],
  [/\bautoPadSide\b(?! ?\(self)/g, 'null'],
  [/^const (?:bin|dec|one|whole|num)Incrs\s*=.*$/gm, ''],
  [/(?<=: )numIncrs\b(?=\))/, 'null'],
  [/^\tevents\["setSeries"\] = .*\n(?:\t\t.*\n|\n)*\t};$/m, ''],
  [/(?<=\b(?:av|sv) \|\| )num(?:AxisVals|SeriesVal)\b/g, 'null'],
] as const;

/**
 * Preact looks as it draws for HTML that a server drew, for parts that are still loading, and for formulas. We start on an
 * empty page and have neither: 0.4 kB gzipped. What holds for uPlot's next release holds for its next one.
 */
const UNUSED_OF_PREACT = [
  [/(?<=catch\(t\)\{if\(e\.length=v,r\.__v=null,)c\|\|o\)if\(.*?\.some\(g\);else (?=r\.__e=u\.__e;)/, '1)'],
  [/128&u\.__u&&\(c=32&u\.__u,s=u\.__c\.__z\)&&\(.*?\|\|l\),/, ''],
  [/(?<=\.props\.__P\);)!u&&\(i=t\.__c\)&&\(i=i\.__z\)&&\(.*?g\(i\)\),/, ''],
  [/"math"==C\?f="[^"]*":/, ''],
  [/\("foreignObject"==C\|\|.*?\.test\(C\)\)/, '"foreignObject"==C'],
] as const;

function withoutUnused(of: RegExp, rules: readonly (readonly [RegExp, string])[]): Plugin {
  return {
    name: `without-unused-of-${of.source}`,
    transform: (code, id) =>
      of.test(id)
        ? { code: rules.reduce((rest, [unused, rather]) => rest.replace(unused, rather), code), map: null }
        : null,
  };
}

/**
 * Before a part that comes later Vite fetches the styles and modules that part needs: 0.9 kB gzipped. Ours need none
 * but themselves.
 */
function withoutPreload(): Plugin {
  return {
    name: 'without-preload',
    enforce: 'pre',
    load: (id) => (id === '\0vite/preload-helper.js' ? 'export const __vitePreload = (load) => load();' : null),
  };
}

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [
    withoutUnused(/\/uplot\/dist\//, UNUSED_OF_UPLOT),
    withoutUnused(/\/preact\/dist\//, UNUSED_OF_PREACT),
    withoutPreload(),
  ],
  // Calls of preact's own `h` are 0.7 kB gzipped shorter than those of its JSX runtime.
  oxc: {
    jsx: { runtime: 'classic', pragma: 'h', pragmaFrag: 'Several' },
    jsxInject: "import { h, Fragment as Several } from 'preact';",
  },
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    target: 'es2022',
    // The page's policy allows no data: URLs for styles and fonts, so nothing is inlined.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // How long plugins took is nothing to whoever starts the monitor for the first time.
    rolldownOptions: { checks: { bundlerTimings: false } },
  },
  server: { proxy: { '/api': MONITOR, '/login': MONITOR, '/badge': MONITOR } },
});
