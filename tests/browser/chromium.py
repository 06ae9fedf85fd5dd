"""What a real browser is asked for: another browser's name, and what makes a page accessible."""

from __future__ import annotations

from typing import Any

from yiyang.kernel.tests.chromium import AXE

# Where the live server has axe: a script that is fetched is kept by the browser, compiled; one that is handed over is
# compiled anew for each page, which took longer than what it looks for.
AXE_ADDRESS = "/static/axe.min.js"
WECHAT = (
    "Mozilla/5.0 (Linux; Android 12; V2055A) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 "
    "Chrome/116.0.0.0 Mobile Safari/537.36 XWEB/1160117 MicroMessenger/8.0.48.2580(0x28003036) WeChat/arm64 "
    "Weixin NetType/WIFI Language/zh_CN ABI/arm64"
)
# A rule's own impact is that of all it finds: what would be left out of the answer is not looked for, nor is the
# path of an element worked out that is shown by its HTML. Each was a quarter of the time.
RULES = """async () => {
  const slight = axe._audit.rules.filter(one => ['minor', 'moderate'].includes(one.impact));
  const found = await axe.run(document, {
    resultTypes: ['violations'],
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    rules: Object.fromEntries(slight.map(one => [one.id, {enabled: false}])),
    selectors: false,
  });
  return found.violations
    .filter(one => ['serious', 'critical'].includes(one.impact))
    .map(one => `${one.id}: ${one.nodes.map(node => node.html.slice(0, 160)).slice(0, 2).join(' | ')}`);
}"""


def barriers(page: Any) -> list[str]:
    """What axe finds serious or critical on the page as it is shown now."""
    if not page.evaluate("typeof axe !== 'undefined'"):
        if page.evaluate("navigator.onLine"):
            page.add_script_tag(url=AXE_ADDRESS)
        else:
            page.evaluate(AXE.read_text())
    return list(page.evaluate(RULES))
