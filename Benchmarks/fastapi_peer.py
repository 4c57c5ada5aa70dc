"""The campaigns API as a FastAPI service would have it: Pydantic models, SQLAlchemy 2.0, HTTP Basic, `def` endpoints.

SQLite in WAL mode with `synchronous=FULL`, so that a 202 means on disk, as it does on the other side. Settings come
from the environment: PEER_DATABASE (a file), API_USERNAME, API_PASSWORD.
"""

import json
import os
import secrets
from datetime import datetime, timezone
from typing import Annotated, Any, Literal

from fastapi import Depends, FastAPI, HTTPException, status
from fastapi.security import HTTPBasic, HTTPBasicCredentials
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import DateTime, String, Text, create_engine, event
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

engine = create_engine(
    f"sqlite:///{os.environ['PEER_DATABASE']}",
    pool_size=10,
    max_overflow=20,
    pool_pre_ping=True,
    connect_args={"check_same_thread": False, "timeout": 30},
)


@event.listens_for(engine, "connect")
def set_pragmas(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.close()


make_session = sessionmaker(engine, expire_on_commit=False)


class Base(DeclarativeBase):
    pass


class Campaign(Base):
    __tablename__ = "campaigns"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text)
    image_metadata: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(20), default="pending", index=True)
    processed_images: Mapped[str | None] = mapped_column(Text)
    error_message: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(DateTime, default=lambda: datetime.now(timezone.utc))
    updated_at: Mapped[datetime] = mapped_column(DateTime, default=lambda: datetime.now(timezone.utc))
    completed_at: Mapped[datetime | None] = mapped_column(DateTime)


class ImageMetadata(BaseModel):
    model_config = ConfigDict(extra="forbid")

    source_type: Literal["local", "dropbox", "ai_generated"]
    path: str | None = None
    dropbox_path: str | None = None
    prompt: str | None = None


class CampaignCreate(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str | None = Field(default=None, min_length=1, max_length=200)
    description: str = Field(min_length=1, max_length=2000)
    image_metadata: ImageMetadata


class CampaignAccepted(BaseModel):
    id: int
    status: str


class CampaignRead(BaseModel):
    id: int
    name: str | None
    description: str
    image_metadata: dict[str, Any]
    status: str
    processed_images: dict[str, str] | None
    error_message: str | None
    created_at: datetime
    updated_at: datetime
    completed_at: datetime | None


basic = HTTPBasic()
username = os.environ["API_USERNAME"].encode()
password = os.environ["API_PASSWORD"].encode()


def authenticated(credentials: Annotated[HTTPBasicCredentials, Depends(basic)]) -> None:
    is_user = secrets.compare_digest(credentials.username.encode(), username)
    is_password = secrets.compare_digest(credentials.password.encode(), password)
    if not (is_user and is_password):
        raise HTTPException(
            status.HTTP_401_UNAUTHORIZED, "wrong username or password", headers={"WWW-Authenticate": "Basic"}
        )


def session() -> Any:
    with make_session() as current:
        yield current


app = FastAPI(dependencies=[Depends(authenticated)])
Base.metadata.create_all(engine)


@app.get("/campaigns/{campaign_id}")
def read_campaign(campaign_id: int, current: Annotated[Session, Depends(session)]) -> CampaignRead:
    campaign = current.get(Campaign, campaign_id)
    if campaign is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, "there is no such campaign")
    return CampaignRead(
        id=campaign.id,
        name=campaign.name,
        description=campaign.description,
        image_metadata=json.loads(campaign.image_metadata),
        status=campaign.status,
        processed_images=json.loads(campaign.processed_images) if campaign.processed_images else None,
        error_message=campaign.error_message,
        created_at=campaign.created_at,
        updated_at=campaign.updated_at,
        completed_at=campaign.completed_at,
    )


@app.post("/campaigns", status_code=status.HTTP_202_ACCEPTED)
def create_campaign(body: CampaignCreate, current: Annotated[Session, Depends(session)]) -> CampaignAccepted:
    campaign = Campaign(
        name=body.name,
        description=body.description,
        image_metadata=body.image_metadata.model_dump_json(exclude_none=True),
    )
    current.add(campaign)
    current.commit()
    return CampaignAccepted(id=campaign.id, status=campaign.status)
