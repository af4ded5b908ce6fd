"""The rows of a list as markup: items with title and lead, or the rows of a table, as the board has them.

All markup that is particular of a form is here. Another form is a function that writes it, an entry in `FORMS`, and its
name in `Form` (boards.py).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from harvester.demo.boards import Board, Form

NOTHING = "등록된 정보가 없습니다."
LIST_ENDS = "<!--// list -->"
"""What stands behind a list, whatever its form."""


@dataclass(frozen=True)
class Row:
    """What a list prints of one release. All of it is markup already."""

    news_id: str
    address: str
    title: str
    lead: str
    day: str
    ministry: str
    presenter: str


@dataclass(frozen=True)
class RowForm:
    """A way to write a list, and what others must know of its markup."""

    write: Callable[[Board, Sequence[Row], bool], str]
    """The list of these rows; where there are none, whether it says so, in an element of the class `no_data`."""
    place: str
    """The class of the `div` that the whole list is."""
    row: str
    """CSS of a row, beneath the place; it fits `no_data` nowhere."""
    has_lead: bool
    """Whether a row has a place for the lead."""
    redesigned: Mapping[str, str]
    """What a redesign calls the classes by which a list is read."""

    @property
    def opening(self) -> str:
        """The tag with which the list begins."""
        return f'<div class="{self.place}">'


def render_rows(board: Board, rows: Sequence[Row], *, nothing: bool) -> str:
    """The list itself; `nothing` says whether it says so where it has no rows."""
    return FORMS[board.form].write(board, rows, nothing)


def prints_lead(board: Board) -> bool:
    return board.shows_lead and FORMS[board.form].has_lead


def _link(board: Board, row: Row) -> str:
    """How a row's link says where it leads to."""
    if board.link == "onclick":
        # Written in both ways; neither says anything.
        href = 'href="javascript:;" ' if int(row.news_id[-1:] or 0) % 2 else ""
        return f"""{href}onclick="goView('{board.view_path}?newsId={row.news_id}','')\""""
    beside = f""" onclick="goDetailView('{row.news_id}');return false;\"""" if board.link == "both" else ""
    return f'href="{row.address}"{beside}'


# --- items ------------------------------------------------------------------------------------------------------------


def _items(board: Board, rows: Sequence[Row], nothing: bool) -> str:
    items = "".join(_item(board, row) for row in rows)
    if not rows and nothing:
        items = f'\n\t\t\t\t\t\t\t\t\t<li class="no_data"><span>{NOTHING}</span></li>                    '
    return f"""
						<div class="list_type">
							<ul>
{items}
							</ul>
						</div>"""


def _item(board: Board, row: Row) -> str:
    lead = f"""
												<span class="lead">
													{row.lead}
												</span>"""
    ministry = f"""
													<span>{row.ministry}</span>"""
    return f"""
									<li>
										<a {_link(board, row)}>
											<span class="text">
												<strong>{row.title}</strong>{lead if board.shows_lead else ""}
												<span class="source">
													<span>{row.day}</span>{ministry if board.shows_ministry else ""}
												</span>
											</span>
										</a>
									</li>
"""


# --- tables -----------------------------------------------------------------------------------------------------------


def _table(board: Board, rows: Sequence[Row], nothing: bool) -> str:
    names = [name for name, _ in _columns(board, None)]
    lines = "".join(_line([cell for _, cell in _columns(board, row)]) for row in rows)
    if not rows and nothing:
        lines = _line([f'<td colspan="{len(names)}" class="no_data">{NOTHING}</td>'])
    return f"""
						<div class="table_list">
							<table>
								<caption>{board.title} 목록</caption>
								<thead>{_line([f'<th scope="col">{name}</th>' for name in names])}
								</thead>
								<tbody>{lines}
								</tbody>
							</table>
						</div>"""


def _line(cells: Sequence[str]) -> str:
    return "".join(
        ("\n\t\t\t\t\t\t\t\t\t<tr>", *(f"\n\t\t\t\t\t\t\t\t\t\t{cell}" for cell in cells), "\n\t\t\t\t\t\t\t\t\t</tr>")
    )


def _columns(board: Board, row: Row | None) -> list[tuple[str, str]]:
    """The columns of this board's table, by name, with what a row has in them."""
    if row is None:
        row = Row("", "", "", "", "", "", "")
    columns = [
        ("부처", f"<td>{row.ministry}</td>"),
        ("제목", f'<td class="subject"><a {_link(board, row)}><strong>{row.title}</strong></a></td>'),
        ("날짜", f"<td>{row.day}</td>"),
        ("발표자", f"<td>{row.presenter}</td>"),
    ]
    shown = (board.shows_ministry, True, True, board.shows_presenter)
    return [column for column, is_shown in zip(columns, shown, strict=True) if is_shown]


FORMS: dict[Form, RowForm] = {
    "items": RowForm(
        write=_items,
        place="list_type",
        row="li:not(.no_data)",
        has_lead=True,
        redesigned={"list_type": "board_v6", "source": "meta_v6", "lead": "summary_v6"},
    ),
    "table": RowForm(
        write=_table,
        place="table_list",
        row="tbody tr:has(td:not(.no_data))",
        has_lead=False,
        redesigned={"table_list": "grid_v6", "subject": "name_v6"},
    ),
}
