"""A miniature of the board "ESG 정책뉴스" of k-esg.org, whose editor re-posts releases by hand, with mistakes.

It is served beside the miniature korea.kr (see `Beside`). The pages have the structure of the public templates of the
board's software, CiBoard 3 with its skin `bootstrap`; the site's own pages were never seen.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from html import escape
from random import Random
from typing import Literal, TypedDict, Unpack, get_args
from urllib.parse import quote

from harvester.demo.boards import PRESS_RELEASE
from harvester.demo.clock import KST, in_korea
from harvester.demo.corpus import Corpus, Release
from harvester.demo.faults import Asked
from harvester.demo.ministries import code_of, ministries_on
from harvester.demo.words import PREFIXES, make_document, make_text, make_title

REAL = "https://k-esg.org"
NAME = "ESG 정책뉴스"
SLUG = "esg-board"
POSTS_A_PAGE = 20
_SHOWN_TITLE = 45
_HOT = 300
_LINKS_AROUND = 5

Oddity = Literal[
    "no-link",  # nothing but title and source line tells which release it is
    "wrong-link",  # the newsId of another release, pasted by mistake; the source line is right
    "no-source-line",
    "joint",  # another ministry has a release of the same title, and there is no link
    "alike",  # another release of the same ministry and day begins with the same words
    "not-here",  # a release that the site no longer has, or never had
    "link-form",  # an address of m.korea.kr or under /news/
    "edited-word",  # the editor changed a word of the title
    "day-typo",  # the source line has the day before; the link is right
]
ODDITIES: tuple[Oddity, ...] = get_args(Oddity)
# As many of them in fifty posts; what the others are is a plain post.
_DECK: tuple[Oddity | None, ...] = (*ODDITIES, *ODDITIES, "no-link", "link-form", *(None,) * 30)


@dataclass(frozen=True)
class EsgPost:
    """One post. Texts are what a reader sees; in `text` each line is a paragraph."""

    post_id: int
    title: str
    posted: datetime
    text: str
    writer: str = "한국생산성본부"
    department: str | None = None
    source_line: str | None = None
    link: str | None = None
    hits: int = 0
    likes: int = 0
    dislikes: int = 0
    comments: int = 0
    category: str | None = None
    notice: bool = False
    visible: bool = True
    binned: bool = False
    """In the waste bin: in no list, and its page says so in place of its text."""
    question_marks: int = 2
    """Lines between text and source line where the editor had spaces that the board could not keep."""
    attachments: tuple[str, ...] = ()
    original: str | None = None
    """The truth: the newsId of the release it re-posts; None where there is none."""
    oddity: Oddity | None = None

    def __post_init__(self) -> None:
        # A frozen dataclass can be completed only this way.
        object.__setattr__(self, "posted", in_korea(self.posted))
        object.__setattr__(self, "attachments", tuple(self.attachments))

    @property
    def day(self) -> date:
        return self.posted.date()

    @property
    def lines(self) -> tuple[str, ...]:
        """Every line of its text, source line and address included."""
        end = (self.source_line, self.link)
        return (*self.text.split("\n"), *("?",) * self.question_marks, *(line for line in end if line))

    def is_listed(self, now: datetime) -> bool:
        return self.visible and not self.binned and self.posted <= now


class PostChanges(TypedDict, total=False):
    """What `EsgBoard.edit` can change."""

    title: str
    posted: datetime
    text: str
    writer: str
    department: str | None
    source_line: str | None
    link: str | None
    hits: int
    likes: int
    dislikes: int
    comments: int
    category: str | None
    notice: bool
    visible: bool
    binned: bool
    question_marks: int
    attachments: tuple[str, ...]
    original: str | None


class EsgBoard:
    """All posts of the board, and its pages. Safe to change from one thread while the site serves from another.

    The list is at `/board/<key>`. `origin` stands before every address that one can click: the real board's are
    absolute, those of the miniature lead nowhere else.
    """

    def __init__(self, posts: Iterable[EsgPost] = (), *, key: str = "esgnews", origin: str = "") -> None:
        self.key = key
        self.origin = origin
        self._lock = threading.RLock()
        self._posts: dict[int, EsgPost] = {}
        self._deleted: set[int] = set()
        for post in posts:
            self.add(post)

    @classmethod
    def reposting(
        cls, corpus: Corpus, *, since: date, until: date, a_day: int = 5, seed: int = 0, key: str = "esgnews"
    ) -> EsgBoard:
        """A board that re-posts some of the press releases of these days, always the same for the same arguments.

        Every oddity is there in any fifty posts. For two of them ("joint" and "alike") a release's twin is added to the
        corpus. One notice stands on top of it all.
        """
        return cls(_reposted(corpus, since, until, a_day, seed), key=key)

    @property
    def posts(self) -> tuple[EsgPost, ...]:
        with self._lock:
            return tuple(self._posts.values())

    def __len__(self) -> int:
        return len(self._posts)

    def __getitem__(self, post_id: int) -> EsgPost:
        return self._posts[post_id]

    def add(self, post: EsgPost) -> EsgPost:
        with self._lock:
            if post.post_id in self._posts or post.post_id in self._deleted:
                raise ValueError(f"post {post.post_id} is taken, or was: numbers are not used again")
            self._posts[post.post_id] = post
        return post

    def edit(self, post_id: int, **changes: Unpack[PostChanges]) -> EsgPost:
        with self._lock:
            edited = replace(self._posts[post_id], **changes)
            self._posts[post_id] = edited
        return edited

    def delete(self, post_id: int) -> EsgPost:
        """Take a post away for good: its page is an alert, and the number in the list of all newer ones is one less."""
        with self._lock:
            self._deleted.add(post_id)
            return self._posts.pop(post_id)

    def next_id(self) -> int:
        """A number nobody has yet or had."""
        with self._lock:
            return max((*self._posts, *self._deleted), default=0) + 1

    def truth(self, since: date, until: date, now: datetime | None = None) -> list[EsgPost]:
        """What a perfect crawl of these days would have, notices included, newest first; `now`: only until then."""
        shown = [post for post in self.posts if post.visible and not post.binned and since <= post.day <= until]
        return sorted((post for post in shown if now is None or post.posted <= now), key=_newest_first)

    def numbered(self, now: datetime) -> list[tuple[int, EsgPost]]:
        """All that the list shows but the notices, newest first, with their 번호."""
        shown = sorted((post for post in self.posts if post.is_listed(now) and not post.notice), key=_newest_first)
        return list(zip(range(len(shown), 0, -1), shown, strict=True))

    # --- what it answers (see Beside) ---

    def read(self, path: str, form: Mapping[str, str], now: datetime) -> Asked | None:
        if path == "/":
            return Asked(key=path, kind="other", board=SLUG)
        if path == f"/board/{self.key}":
            page, pages = _page_of(form), _pages_of(len(self.numbered(now)))
            days = [post.day for _, post in self._page(page, now)]
            return Asked(
                key=f"{path} {page}",
                kind="board",
                since=min(days, default=None),
                until=max(days, default=None),
                page=page,
                is_last_page=page == pages,
                board=SLUG,
            )
        post_id = _post_of(path)
        if post_id is None:
            return None
        post = self._posts.get(post_id)
        day = post.day if post else None
        return Asked(key=path, kind="post", news_id=str(post_id), since=day, until=day, board=SLUG)

    def answer(self, path: str, form: Mapping[str, str], now: datetime) -> bytes | None:
        if path == "/":
            return render_start(self)
        if path == f"/board/{self.key}":
            return render_page(NAME, None, self._list(_page_of(form), now))
        post_id = _post_of(path)
        post = self._posts.get(post_id or 0)
        if post_id in self._deleted or (post and not post.visible):
            return render_alert("존재하지 않는 게시물입니다")
        if post is None or post.posted > now:
            return None
        beneath = self._list(_page_of(form), now, post.post_id)
        return render_page(post.title, f"{REAL}/post/{post.post_id}", render_post(post, now), beneath)

    def _page(self, page: int, now: datetime) -> list[tuple[int, EsgPost]]:
        return self.numbered(now)[(page - 1) * POSTS_A_PAGE : page * POSTS_A_PAGE]

    def _list(self, page: int, now: datetime, current: int | None = None) -> str:
        notices = sorted((post for post in self.posts if post.notice and post.is_listed(now)), key=_newest_first)
        rows = [render_row(None, post, page, self, now=now, current=current) for post in notices]
        rows += [
            render_row(number, post, page, self, now=now, current=current) for number, post in self._page(page, now)
        ]
        return render_list(rows, page, _pages_of(len(self.numbered(now))), self)


def _newest_first(post: EsgPost) -> tuple[float, int]:
    return -post.posted.timestamp(), -post.post_id


def _page_of(form: Mapping[str, str]) -> int:
    text = form.get("page", "")
    return max(int(text), 1) if re.fullmatch(r"[0-9]{1,9}", text) else 1


def _pages_of(posts: int) -> int:
    return max(-(-posts // POSTS_A_PAGE), 1)


def _post_of(path: str) -> int | None:
    found = re.fullmatch(r"/post/([0-9]{1,9})", path)
    return int(found[1]) if found else None


# --- pages ------------------------------------------------------------------------------------------------------------


def render_page(title: str, canonical: str | None, *content: str) -> bytes:
    """A whole page. As in the templates its scripts hold alerts, which are none."""
    link = f'\n<link rel="canonical" href="{canonical}" />' if canonical else ""
    return f"""<!DOCTYPE html>
<html lang="ko">
<head>
<meta charset="UTF-8">
<title>{escape(title)}</title>{link}
<link rel="stylesheet" type="text/css" href="//maxcdn.bootstrapcdn.com/bootstrap/3.3.7/css/bootstrap.min.css" />
<script type="text/javascript">
var cb_url = "{REAL}";
var cb_charset = "UTF-8";
</script>
</head>
<body>
<div class="wrapper"><nav class="navbar"><ul class="menu"><li><a href="/">K-ESG</a></li></ul></nav>
<div class="main">
{"".join(content)}
</div></div>
<footer><ul class="info-company"><li>한국생산성본부</li></ul></footer>
<script type="text/javascript">
function postSearch(f) {{ if (f.skeyword.value.length < 2) {{ alert('2글자 이상으로 검색해 주세요'); return false; }} }}
</script>
</body>
</html>
""".encode()


def render_start(board: EsgBoard) -> bytes:
    """The site's first page, which leads to the board by its name."""
    boards = (("notice", "공지사항"), (board.key, NAME), ("esgdata", "ESG 자료실"))
    items = "".join(f'<li><a href="{board.origin}/board/{key}">{name}</a></li>' for key, name in boards)
    return render_page("K-ESG 가이드라인", f"{REAL}/", f'<ul class="boards">{items}</ul>')


def render_alert(message: str) -> bytes:
    """Status 200, and no page at all."""
    return (
        '<meta http-equiv="content-type" content="text/html; charset=UTF-8">'
        f'<script type="text/javascript">alert("{message}");history.go(-1);</script>'
    ).encode()


def render_list(rows: Sequence[str], page: int, pages: int, board: EsgBoard) -> str:
    nothing = '\t\t\t\t<tr>\n\t\t\t\t\t<td colspan="6" class="nopost">게시물이 없습니다</td>\n\t\t\t\t</tr>\n'
    return f"""<div class="board">
	<h3>{NAME}</h3>
	<div class="searchbox"><form class="navbar-form" action="/board/{board.key}" onSubmit="return postSearch(this);">
		<input type="text" name="skeyword" value="" /></form></div>
	<form action="" method="post" accept-charset="utf-8" name="fboardlist" id="fboardlist">
		<table class="table table-hover">
			<thead>
				<tr>
					<th>번호</th>
					<th>제목</th>
					<th>글쓴이</th>
					<th>날짜</th>
					<th>조회수</th>
				</tr>
			</thead>
			<tbody>
{"".join(rows) or nothing}			</tbody>
		</table>
	</form>
	<div class="border_button"><a href="{board.origin}/board/{board.key}" class="btn btn-default btn-sm">목록</a></div>
	<nav>{_paging(min(page, pages), pages, board)}</nav>
</div>
"""


def render_row(
    number: int | None, post: EsgPost, page: int, board: EsgBoard, *, now: datetime, current: int | None = None
) -> str:
    """A row; the cell of its title is never closed, as in the templates. `current` is the post above the list."""
    place = '<span class="label label-primary">공지</span>' if number is None else str(number)
    category = (
        f'<a href="{board.origin}/board/{board.key}?category_id=1">'
        f'<span class="label label-default">{escape(post.category)}</span></a>\n\t\t\t\t\t\t'
        if post.category and number is not None
        else ""
    )
    shown = post.title if len(post.title) <= _SHOWN_TITLE else f"{post.title[:_SHOWN_TITLE]}…"
    badges = (
        ("danger", "Hot", post.hits >= _HOT and number is not None),
        ("warning", "New", now - post.posted < timedelta(days=1) and number is not None),
        ("warning", f"+{post.comments}", post.comments > 0),
    )
    labels = "".join(f'\n\t\t\t\t\t\t<span class="label label-{look}">{text}</span>' for look, text, on in badges if on)
    style = "font-weight:bold;" if post.post_id == current else ""
    return f"""				<tr>
					<td>{place}</td>
					<td>
						{category}<a href="{board.origin}/post/{post.post_id}?page={page}" style="
							{style}" title="{escape(post.title)}">{escape(shown)}</a>{labels}
					<td><a href="javascript:;" title="[admin]">{escape(post.writer)}</a></td>
					<td>{post.day}</td>
					<td>{post.hits:,}</td>
				</tr>
"""


def _paging(page: int, pages: int, board: EsgBoard) -> str:
    """Eleven pages at most, with arrows to the first and the last where these are not among them."""
    if pages < 2:
        return ""

    def link(to: int, text: object) -> str:
        return (
            f'<li><a href="{board.origin}/board/{board.key}?page={to}" data-ci-pagination-page="{to}">{text}</a></li>'
        )

    first, last = max(1, page - _LINKS_AROUND), min(pages, page + _LINKS_AROUND)
    items = [link(1, "&laquo;")] if first > 1 else []
    items += [f'<li class="active"><a>{to}</a></li>' if to == page else link(to, to) for to in range(first, last + 1)]
    items += [link(pages, "&raquo;")] if last < pages else []
    return f'<ul class="pagination">{"".join(items)}</ul>'


def render_post(post: EsgPost, now: datetime) -> str:
    """A post, without the list beneath it."""
    category = f"[{escape(post.category)}] " if post.category else ""
    title = "게시물이 삭제되었습니다" if post.binned else escape(post.title)
    department = f"\n\t<p>담당부서 : {escape(post.department)}</p>" if post.department else ""
    printed = f"{post.posted:%H:%M}" if post.day == now.date() else f"{post.posted:%m-%d}"
    return f"""<div class="board">
	<h3>
		{category}		{title}
	</h3>{department}
	<ul class="info">
		<li><a href="javascript:;" title="[admin]">{escape(post.writer)}</a></li>
		<li><i class="fa fa-comments"></i> {post.comments:,}</li>
		<li><i class="fa fa-eye"></i> {post.hits:,}</li>
		<li><i class="fa fa-thumbs-up"></i> <span class="post-like">{post.likes:,}</span></li>
		<li><i class="fa fa-thumbs-down"></i> <span class="post-dislike">{post.dislikes:,}</span></li>
		<li><a href="javascript:;" id="btn-print"><i class="fa fa-print"></i> <span>Print</span></a></li>
		<li>상태: 노출</li>
		<li class="pull-right time"><i class="fa fa-clock-o"></i> {printed}</li>
	</ul>{_files(post)}
	<script type="text/javascript">
	function file_download(link) {{ document.location.href = link; }}
	</script>
	<div class="contents-view">
		<div class="contents-view-img"></div>
		<!-- 본문 내용 시작 -->
		<div id="post-content">{_content(post)}</div>
		<!-- 본문 내용 끝 -->
	</div>
	<div class="recommand">
		<a class="good" href="javascript:;" id="btn-post-like"><span class="post-like">{post.likes:,}</span></a>
	</div>
	<div class="border_button mt20 mb20"><a href="/" class="btn btn-default btn-sm">이전글</a></div>
</div>
"""


def _files(post: EsgPost) -> str:
    if not post.attachments:
        return ""
    items = "".join(
        f'\n\t\t<li class="list-group-item"><i class="fa fa-download"></i> <a href="javascript:file_download('
        f"'{REAL}/postact/download/{post.post_id}{place}')\">{escape(name)}(1.2 MB)</a> "
        f'<span class="time"><i class="fa fa-clock-o"></i> {post.day}</span><span class="badge">3</span></li>'
        for place, name in enumerate(post.attachments)
    )
    head = '\n\t\t<li class="list-group-item list-group-item-info">Download</li>'
    return f'\n\t<ul class="list-group">{head}{items}\n\t</ul>'


def _content(post: EsgPost) -> str:
    if post.binned:
        return (
            f'<div class="alert alert-danger">이 게시물은 {escape(post.writer)}님에 의해 {post.day} 10:00:00 에 '
            "삭제 되었습니다</div>"
        )
    paragraphs = "\n".join(f"<p>{_linked(line)}</p>" for line in post.lines)
    # The board's purifier writes whatever is not ASCII as a number.
    return paragraphs.encode("ascii", "xmlcharrefreplace").decode()


def _linked(line: str) -> str:
    """The line as markup; an address becomes a link, as the board does by itself."""
    shown = escape(line, quote=False)
    return f'<a href="{escape(line)}" target="_blank">{shown}</a>' if line.startswith("http") else shown


# --- posts made from releases -----------------------------------------------------------------------------------------

_FIRST_POST = 2001
_SOURCE_LINES = (
    *("({day:%Y.%m.%d} {ministry})",) * 12,
    *("({day:%Y.%m.%d}, {ministry})",) * 6,
    "({day.year}.{day.month}.{day.day} {ministry})",
    "({day:%Y-%m-%d}, {ministry})",
    "( {day:%Y.%m.%d} {ministry} )",
    "[{day:%Y.%m.%d}, {ministry}]",
    "{day:%Y.%m.%d} {ministry}",
)
_CODES = "A00015,A00019,A00001,A00012,A00006,A00008,B00010"
_CATEGORIES = ("환경", "사회", "지배구조")
_OTHER_WORDS = ("추진", "개최", "실시", "마련", "시행")
_WRITERS = ("한국생산성본부", "총괄관리자")
_OFTEN_WITHOUT_LINK = ("alike", "not-here", "edited-word")
_TOLD_BY_TITLE = ("no-link", "wrong-link", "joint", "alike", "edited-word")


def _reposted(corpus: Corpus, since: date, until: date, a_day: int, seed: int) -> Iterator[EsgPost]:
    """The posts by the time they were made, which is the order of their numbers."""
    dice = Random(f"esg:{seed}:{a_day}:{since}")
    deck: list[Oddity | None] = []
    drafts: list[EsgPost] = []
    for release in _chosen(corpus, since, until, a_day, dice):
        if not deck:
            deck = list(_DECK)
            dice.shuffle(deck)
        drafts.append(_repost(release, deck.pop(), corpus, dice))
    number = _FIRST_POST
    yield _notice(number, since)
    for draft in sorted(drafts, key=lambda post: post.posted):
        # Other boards of the site take numbers too.
        number += dice.choice((1, 1, 1, 2, 3))
        yield replace(draft, post_id=number)


def _chosen(corpus: Corpus, since: date, until: date, a_day: int, dice: Random) -> list[Release]:
    """What the editor picks, weekday by weekday."""
    found: list[Release] = []
    for offset in range((until - since).days + 1):
        day = since + timedelta(offset)
        if day.weekday() < 5:
            releases = [release for release in corpus.between(day, day) if release.board == PRESS_RELEASE.slug]
            found += dice.sample(releases, min(len(releases), max(1, round(a_day * dice.uniform(0.6, 1.4)))))
    return found


def _notice(number: int, day: date) -> EsgPost:
    return EsgPost(
        post_id=number,
        title="ESG 정책뉴스 게시판 이용 안내",
        posted=datetime.combine(day, time(9), KST),
        text="이 게시판은 정부의 보도자료를 옮겨 싣습니다.",
        writer=_WRITERS[1],
        notice=True,
        question_marks=0,
        hits=5120,
    )


def _repost(release: Release, oddity: Oddity | None, corpus: Corpus, dice: Random) -> EsgPost:
    """A post of this release with this oddity; a plain one where the release is not made for it. No number yet."""
    oddity = _possible(release, oddity, corpus)
    if oddity == "joint":
        _add_twin(corpus, release, dice, ministry=_another_ministry(release, dice))
    if oddity == "alike":
        _add_twin(corpus, release, dice, title=f"{_after_first_words(release.title)} 후속 설명회 개최")
    if oddity == "not-here":
        release = _not_here(release, dice)
    posted = _posting_time(release, dice)
    linked = oddity not in ("no-link", "joint") and (oddity not in _OFTEN_WITHOUT_LINK or dice.random() < 0.5)
    day = release.listed_on - timedelta(days=1 if oddity == "day-typo" else 0)
    return EsgPost(
        post_id=0,
        title=_title(release, oddity, linked, corpus, dice),
        posted=posted,
        text=_text(release, dice),
        writer=dice.choice(_WRITERS),
        department=_department(release, dice),
        source_line=_source_line(release.ministry, day, dice) if oddity != "no-source-line" else None,
        link=_link(release, oddity, posted.date(), corpus, dice) if linked else None,
        hits=round(8 * 50 ** dice.random()) + (1000 if dice.random() < 0.02 else 0),
        likes=dice.choice((0, 0, 0, 0, 1, 2)),
        comments=dice.choice((0,) * 19 + (2,)),
        category=dice.choice(_CATEGORIES) if dice.random() < 0.1 else None,
        question_marks=dice.choice((0, 1, 2, 2)),
        attachments=(f"{release.listed_on:%y%m%d} 붙임.hwpx",) if dice.random() < 0.1 else (),
        original=release.news_id if oddity != "not-here" else None,
        oddity=oddity,
    )


def _possible(release: Release, oddity: Oddity | None, corpus: Corpus) -> Oddity | None:
    """The oddity, where the truth can still be told with it: else nobody could say what is right."""
    words = set(_plain_title(release.title).split())
    others = _beside(release, corpus)
    if oddity in ("alike", "edited-word") and len(words) < 4:
        return None
    if oddity == "edited-word" and any(len(words & set(other.split())) >= len(words) - 2 for other in others):
        return None
    return None if oddity in _TOLD_BY_TITLE and _plain_title(release.title) in others else oddity


def _beside(release: Release, corpus: Corpus) -> list[str]:
    """The titles of what else its ministry published on its day."""
    others = corpus.between(release.listed_on, release.listed_on)
    return [
        _plain_title(other.title)
        for other in others
        if other.ministry == release.ministry and other.news_id != release.news_id
    ]


def _add_twin(
    corpus: Corpus, release: Release, dice: Random, *, title: str | None = None, ministry: str | None = None
) -> None:
    """Publish what is easily taken for the release: of its title, or of its ministry."""
    lead = make_text(dice, ministry or release.ministry, 300) if title else release.lead
    twin = replace(
        release,
        news_id=corpus.next_id(),
        title=title or release.title,
        ministry=ministry or release.ministry,
        lead=lead,
        body=None,
        attachments=(),
        document=f"{title}\n{lead}" if title else release.document,
        viewer=True,
    )
    corpus.add(twin)


def _another_ministry(release: Release, dice: Random) -> str:
    day = release.listed_on
    return dice.choice([office.name for office in ministries_on(day) if office.name != release.ministry])


def _plain_title(title: str) -> str:
    """The title without the prefix in brackets, which the editor leaves out."""
    for prefix in PREFIXES:
        title = title.removeprefix(prefix).strip()
    return " ".join(title.split())


def _after_first_words(title: str) -> str:
    return " ".join(_plain_title(title).split()[:-1])


def _not_here(release: Release, dice: Random) -> Release:
    """What the same ministry published on the same day, and the site does not have."""
    title = f"{make_title(dice, release.ministry)} {dice.randint(100, 999)}호"
    document = make_document(dice, title, release.ministry)
    news_id = str(dice.randint(100_000_000, 119_999_999))
    return replace(release, news_id=news_id, title=title, body=None, document=document, viewer=True)


def _title(release: Release, oddity: Oddity | None, linked: bool, corpus: Corpus, dice: Random) -> str:
    """As the editor writes it: without its prefix, and now and then cut near forty characters, with or without dots."""
    title = _plain_title(release.title)
    if oddity == "edited-word":
        words = title.split()
        short = [place for place, word in enumerate(words) if place and len(word) <= 4]
        place = dice.choice(short or [len(words) - 1])
        words[place] = dice.choice([word for word in _OTHER_WORDS if word != words[place]])
        return " ".join(words)
    length = min(40, len(title) - 4)
    if oddity == "alike" and linked:
        return _after_first_words(title) + dice.choice(("…", ""))
    if oddity in ("joint", "alike") or dice.random() >= 0.1 or length < 12:
        return title
    beginning = title[:length].rstrip()
    if any(other.startswith(beginning) for other in _beside(release, corpus)):
        return title
    return beginning + dice.choice(("…", ""))


def _text(release: Release, dice: Random) -> str:
    """Some of its paragraphs, tables as plain lines; nobody copies the contacts."""
    written = [" ".join(line.split()) for line in release.paragraphs or (release.title,)]
    paragraphs = [line for line in written if "담당자" not in line]
    return "\n".join(paragraphs[: dice.randint(2, 8)])


def _posting_time(release: Release, dice: Random) -> datetime:
    """A weekday one to six days later, in office hours."""
    out = max(release.listed_on, release.visible_from.date() if release.visible_from else release.listed_on)
    days = [day for lag in range(1, 7) if (day := out + timedelta(lag)).weekday() < 5]
    return datetime.combine(dice.choice(days), time(dice.randint(9, 17), dice.randint(0, 59)), KST)


def _department(release: Release, dice: Random) -> str:
    """The ministry: for half of those that were renamed since, by its name of today."""
    latest = next((office.name for office in ministries_on(date.max) if office.code == code_of(release.ministry)), None)
    return latest if latest and dice.random() < 0.5 else release.ministry


def _source_line(ministry: str, day: date, dice: Random) -> str:
    return dice.choice(_SOURCE_LINES).format(day=day, ministry=ministry)


def _link(release: Release, oddity: Oddity | None, posted: date, corpus: Corpus, dice: Random) -> str:
    """The address as copied out of the browser, with the question of the listing it was found in."""
    news_id = release.news_id
    if oddity == "wrong-link":
        title = _plain_title(release.title)
        others = [other for other in corpus if other.board == release.board and _plain_title(other.title) != title]
        news_id = dice.choice(others).news_id if others else news_id
    if oddity == "link-form":
        return dice.choice(
            (
                f"https://m.korea.kr/briefing/pressReleaseView.do?newsId={news_id}",
                f"https://www.korea.kr/news/pressReleaseView.do?newsId={news_id}&pWise=sub&pWiseSub=C1",
                f"http://korea.kr/briefing/pressReleaseView.do?pageIndex=2&newsId={news_id}&call_from=rsslink",
            )
        )
    return (
        f"https://www.korea.kr/briefing/pressReleaseView.do?newsId={news_id}&pageIndex={dice.randint(1, 9)}"
        f"&repCodeType={quote('정부부처')}&repCode={_CODES}&startDate={posted - timedelta(365)}&endDate={posted}"
        "&srchWord=&period=year"
    )
