"""Traditional characters to simplified ones, one for one, only where a text is written in them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from opencc import OpenCC

# Frequent characters that no simplified text uses; every page of traditional prose holds dozens of them.
_TRADITIONAL: Final = re.compile(
    "[國務會經濟發產業區議報們為爲這個來時對長動學實應開關進過還從與於後義團體會點無題員問機電車萬億"
    "東語說話讀書見現觀規視親頭類顧領導響項須預頂順頁風飛馬馳驗鄉鎮銀錢鐵錄鋼針門間閱陽隊階際陸險難雙雲"
    "農運達遠選遺適遞邊鄰醫釋釐裡裏製複補襲計訂訊討訓記許設評試詩該詳誠誤請論諸謀證識護變讓豐負財貢責貨"
    "販貧購貫貸費貿資賓賞賢賣質賴贏趕躍軌軍軟較輕輛輪輸轄轉辦勞動勢勝勵匯協單賣嚴嘗圍圖園圓聖執堅報場塊"
    "壓壞壯聲壽夢奪奮婦媽寫寬審寶專將尋導層屬島峽崗嶺幣師帶幫幹幾庫廠廣廳張強彈彙當徑復徹徵德恆惡愛態慶"
    "憂憑憲懷戰戲戶拋掃採揚換損搖擁擇擊擔據擴擺攝攜攤敗敵數斷曆書條極楊構標樓樂樹橋檔檢權歡歲歷歸殘殺氣"
    "決沒況淨淺減測湯準溝滅滿漁漢漲漸潔潛潤澤濃濕濱濾災煉煙熱燈營爐爭爾獎獨獲獻環產畝畢異當療癒監盤盡眾"
    "礎確礦禮禪種稱積穩窮競筆節範築簡籌糧紀約紅級納純紙紛細終組結絕給統絲維網緊線編緩練縣總績織繁繞繼續"
    "羅義習聞聯職聽脅腦臨舉興艦艙節莊華葉蒼蓋藍藝藥蘇處號術衛衝裝價優儲億偉偵側傑備傳債傷傾僅僑儀兩內"
    "冊則剛創劃劇劍劑勁務區卻參呂員啟喪喬單嗎嗎]"
)
# A quotation or a name makes no text traditional: it takes several characters, not too thinly spread
_FEW, _MANY = 4, 20
_MIN_SHARE, _MIN_SHARE_OF_SNIPPET = 0.005, 0.2
_CHUNK: Final = 4000


def simplify_characters(text: str) -> str:
    """The text in simplified characters, of the same length; a simplified text comes back as it is."""
    if not _is_traditional(text):
        return text
    lines = text.split("\n")
    for at, line in enumerate(lines):
        if _TRADITIONAL.search(line):
            lines[at] = "".join(_simplify(line[cut : cut + _CHUNK]) for cut in range(0, len(line), _CHUNK))
    return "\n".join(lines)


def _is_traditional(text: str) -> bool:
    if not _TRADITIONAL.search(text):
        return False
    found = _TRADITIONAL.findall(text)
    distinct, share = len(set(found)), len(found) / len(text)
    if distinct < _FEW:
        return share >= _MIN_SHARE_OF_SNIPPET
    return distinct >= _MANY or share >= _MIN_SHARE


@lru_cache(maxsize=1)
def _converter() -> OpenCC:
    # Loaded on first need: most reports are simplified and never pay for the dictionaries
    from opencc import OpenCC

    return OpenCC("t2s")


# Variants in print before 1956 that OpenCC takes for simplified ones
_VARIANTS = dict(zip("衞擧舖靑淸鄕敍槪硏尙吿", "卫举铺青清乡叙概研尚告", strict=True))


class _Characters(dict[int, str]):
    """A table for ``str.translate``, filled as characters are met."""

    def __missing__(self, code: int) -> str:
        converted: str = _VARIANTS.get(chr(code)) or _converter().convert(chr(code))
        self[code] = converted if len(converted) == 1 else chr(code)
        return self[code]


@lru_cache(maxsize=1)
def _characters() -> _Characters:
    return _Characters()


@lru_cache(maxsize=1)
def _phrases() -> re.Pattern[str]:
    """The words whose characters are converted otherwise than one by one: 乾隆, 瞭望."""
    words = {word for _, _, table in _converter().dict_cache.values() for word in table if len(word) > 1}
    rest: dict[str, list[str]] = {}
    for word in sorted(words, key=lambda word: (-len(word), word)):
        rest.setdefault(word[0], []).append(re.escape(word[1:]))
    known = [f"{first}(?:{'|'.join(ends)})" for first, ends in rest.items()]
    # the look-ahead lets the engine skip to a possible first character
    return re.compile(f"(?=[{''.join(rest)}])(?:{'|'.join(known)})")


_CLAUSE: Final = re.compile("[\u3400-\u9fff]+")


def _simplify(line: str) -> str:
    """Character by character; only a clause that holds a phrase goes through the dictionaries of phrases."""
    simple = line.translate(_characters())
    if not _phrases().search(line):
        return simple
    for clause in _CLAUSE.finditer(line):
        words = clause.group()
        if _phrases().search(words):
            converted: str = _converter().convert(words)
            if len(converted) == len(words):
                simple = simple[: clause.start()] + converted + simple[clause.end() :]
    return simple
