from __future__ import annotations

import pytest

from publisher.content.forms.fields import ChosenTag
from publisher.content.naming.places import find_people_of, find_place
from publisher.content.tags import choose_tags
from publisher.model import TagKind


def tags(*paragraphs, title="", language="en", chosen=(), keywords=()):
    found = choose_tags(
        title, list(paragraphs), chosen=chosen, keywords=keywords, dateline=None, language=language
    )
    return {tag.name: tag.kind for tag in found}


def test_half_names_find_their_whole():
    found = tags(
        "Danish President Hana Muster met Col. Bo Sample.", "Muster said little. Sample said more."
    )
    assert found == {
        "Hana Muster": TagKind.PERSON,
        "Bo Sample": TagKind.PERSON,
        "Denmark": TagKind.PLACE,
    }


def test_an_acronym_is_what_it_stands_for_where_the_story_says_both():
    found = tags(
        "The Skerry Harbour Organization, SHO, met on Monday.", "The SHO failed to agree. SHO met."
    )
    assert found == {"Skerry Harbour Organization": TagKind.ORGANISATION}
    assert "SHO" in tags("The SHO failed to agree, the SHO said.", title="SHO fails to agree")


def test_a_family_name_that_comes_first():
    found = tags("President Xu Meili spoke. Later Xu left, and nobody saw Xu again.")
    assert found == {"Xu Meili": TagKind.PERSON}


def test_days_agencies_titles_and_first_words_are_struck():
    found = tags("Speaking on Thursday in May, the Foreign Minister told Reuters it was Western.")
    assert found == {}


def test_possessives_and_organisations():
    found = tags("Norway's Harbour Party and NATO talked. Norway waited for the Bank of Gulls.")
    assert found == {
        "Norway": TagKind.PLACE,
        "Harbour Party": TagKind.ORGANISATION,
        "NATO": TagKind.ORGANISATION,
        "Bank of Gulls": TagKind.ORGANISATION,
    }


def test_one_country_by_all_its_names():
    found = tags("The U.S. and America, said U.S. officials; Americans in New York agreed.")
    assert list(found) == ["United States", "New York"]


def test_the_editors_tags_come_first_and_are_not_doubled():
    found = choose_tags(
        "",
        ["Norway waits. The coast of Norway waits."],
        chosen=(ChosenTag("Norway"), ChosenTag("fishing"), ChosenTag("Gull", TagKind.PERSON)),
        keywords=("fishing",),
        dateline=None,
        language="en",
    )
    assert [(t.name, t.kind, t.chosen_by) for t in found] == [
        ("Norway", TagKind.PLACE, "editor"),
        ("fishing", TagKind.TOPIC, "editor"),
        ("Gull", TagKind.PERSON, "editor"),
    ]


def test_german_nouns_are_no_names():
    found = tags("Der Hafen in Deutschland und die Fähre nach Deutschland.", language="de")
    assert found == {"Germany": TagKind.PLACE}


@pytest.mark.parametrize("language", ["zh", "ar", "ja"])
def test_scripts_without_capitals_have_no_names(language):
    assert tags("市长说新码头启用。 الرصيف الجديد", language=language) == {}


def test_a_paragraph_in_capitals_has_no_names():
    assert tags("ALL OF THIS IS SHOUTED BY A MACHINE AND MEANS NOTHING AT ALL") == {}


def test_the_table_of_places():
    assert find_place("Beijing").name == "China"
    assert find_people_of("South Korean").name == "South Korea"
    assert find_place("Ohio").country == "United States"
    assert find_place("Nowhere") is None


def test_an_office_with_an_and_inside_is_one():
    found = tags(
        "The Securities and Exchange Commission met. Norway and the Harbour Party did not."
    )
    assert found["Securities and Exchange Commission"] is TagKind.ORGANISATION
    assert {"Norway", "Harbour Party"} <= set(found)


def test_who_is_named_once_far_down_is_named_in_passing():
    paragraphs = ["Norway waits.", "Nothing came.", "Still nothing.", "Anna Muster saw it."]
    assert "Anna Muster" not in tags(*paragraphs)
    assert "Anna Muster" in tags(*paragraphs, title="MUSTER WAITS")  # agencies shout headlines
    assert "Anna Muster" in tags(*reversed(paragraphs))


def test_what_stands_behind_an_article_is_no_person():
    found = tags("The Amber Room opened. People love the Amber Room.", title="Amber Room opens")
    assert found["Amber Room"] is not TagKind.PERSON


def test_a_prince_keeps_his_title():
    assert tags("Prince Oskar waved. Nobody knew why Prince Oskar waved.") == {
        "Prince Oskar": TagKind.PERSON
    }


def test_initials_keep_their_dot():
    assert "Anna B. Muster" in tags("President Anna B. Muster spoke.")


@pytest.mark.parametrize("chosen", [(), (ChosenTag("Harbour"),)])
def test_topics_come_from_words_a_story_says_often_unless_an_editor_chose(chosen):
    paragraphs = ["The walrus swam. A walrus sleeps.", "One more walrus, and another walrus."]
    found = tags(*paragraphs, title="The walrus is back", chosen=chosen)
    assert ("walrus" in found) is not bool(chosen)


def test_a_word_told_far_more_often_is_no_half_of_a_longer_name():
    text = ["Marlow lies by the sea. Marlow grew. In Marlow the ferry lands. Marlow, then.",
            "Marlow has harbours, and Marlow has boats. Who sleeps in Marlow stays at the Marlow Hotel."]  # fmt: skip
    assert next(iter(tags(*text, title="Marlow"))) == "Marlow"


def test_a_line_set_as_a_headline_gives_no_names():
    text = ["Great Rescue Shows Brave Girl", "Ann Example of Oldport was there, Ann Example said."]
    assert set(tags(*text)) == {"Ann Example"}


def test_a_capital_is_a_tag_where_it_is_a_city():
    city = tags("Fire broke out in Athens. In Athens it rained in Athens.", title="Athens burns")
    seat = tags("Athens said it would pay. Athens and Rome agreed.")
    assert {"Athens", "Greece"} <= set(city)
    assert set(seat) == {"Greece", "Italy"}


def test_the_usual_one_of_two_spellings_of_a_person():
    names = set(tags("Ann B. Example spoke. Ann Example left. Ann Example won."))
    assert names == {"Ann Example"}


def test_an_administration_is_half_a_mention_of_its_head():
    assert not tags("Elsewhere.", "It rained.", "Then the Marlow administration said no.")
